import { isAway } from '../turns/turns.js'
import { ReceiveLoop } from '../receipts/receive-loop.js'
import { Receiver } from '../receipts/receiver.js'
import { SourceBook } from '../sources/source-book.js'
import { inboundLimits, type Inbound, type InboundLimits } from './inbound.js'
import type { Engine } from '../engine/engine.js'
import type { BuiltInSource } from '../sources/built-in-sources.js'
import type { FetchCertificate } from '../sources/verify-source.js'
import type { Vault } from '../secrets/vault.js'

/** What a server is told of its inbound side. */
export interface InboundSettings {
  /** The sources that settings are. */
  builtIn: readonly BuiltInSource[]
  /** Where this server is reached from outside. */
  publicUrl: string | undefined
  limits?: Partial<InboundLimits> | undefined
  fetchCertificate?: FetchCertificate
}

/** Ties receiving to an engine: what verifies, what stores, and what knows the sources. */
export function makeInbound({ engine, vault, clock, log, announcer }: { announcer?: { received(): void } | undefined; engine: Engine; vault: Pick<Vault, 'open' | 'seal'>; clock: { now(): number }; log: { error(event: string, fields?: Record<string, unknown>): void } }, settings: InboundSettings): Inbound {
  const { store } = engine
  const limits = { ...inboundLimits, ...settings.limits }
  const loop = new ReceiveLoop({
    commit: (batch) => store.command('receive', batch),
    streamsMoved: (organizationIds) => { if (organizationIds.length > 0) engine.streamsMoved(organizationIds) },
    isAway,
    report: (error, what) => log.error('fault', { what, error }),
  })
  return {
    limits,
    publicUrl: settings.publicUrl,
    receiver: new Receiver({ receive: (receipt) => loop.receive(receipt).finally(() => announcer?.received()), count: (counted) => loop.count(counted), seal: (text, context) => vault.seal(text, context), now: () => clock.now(), publicUrl: settings.publicUrl, fetchCertificate: settings.fetchCertificate, maxBodyBytes: limits.maxBodyBytes }),
    book: new SourceBook(settings.builtIn, {
      find: (name) => store.query('findSource', { name }),
      ofProvider: (provider) => store.query('listSources', { after: undefined, limit: 10, provider }),
      register: (sources) => store.command('registerBuiltInSources', { sources }),
      open: (sealed, context) => vault.open(sealed, context),
      now: () => clock.now(),
    }),
  }
}
