import pg from 'pg'
import { createApi } from '../api/app.js'
import { createHealth } from '../api/routes/health-routes.js'
import { attempt } from '../attempts/attempt.js'
import { Connections } from '../attempts/connections.js'
import { targetLoader } from '../attempts/load-targets.js'
import { createDialler } from '../dialling/dial.js'
import { dnsServersResolver, systemResolver } from '../dialling/resolver.js'
import { copyFact, refuseHalfCopied } from '../copy/copy-mark.js'
import { readPlans, type Plans } from '../billing/plans.js'
import { systemClock, type Clock } from '../time/clock.js'
import { Node } from '../engine/node.js'
import { openStore } from '../operations/open-store.js'
import { tellSettings } from '../config/describe-settings.js'
import { FormatBook } from '../formats/format-book.js'
import { readOwnFormats } from '../formats/own-formats.js'
import { openLog, type Log } from '../observability/log.js'
import { Metrics } from '../observability/metrics.js'
import { hashApiKey, makeApiKey } from '../secrets/api-key.js'
import { encryptionKeyFile, keepEncryptionKey } from '../secrets/encryption-key.js'
import { keyCheckFact, keyCheckOf, refuseWrongKey, sealKeyCheck } from '../secrets/key-check.js'
import { createVault, type Vault } from '../secrets/vault.js'
import { announcerOf, type Announcer } from '../stream/announcer.js'
import { builtInSources } from '../sources/built-in-sources.js'
import { InProcessWakeup } from '../wakeup/in-process-wakeup.js'
import { NotifyWakeup } from '../wakeup/notify-wakeup.js'
import { housekeeping } from './housekeeping.js'
import { observerOf } from './observe.js'
import { Consumption } from './run-consumers.js'
import { version } from './version.js'
import type { Role } from '../config/roles.js'
import type { Settings } from '../config/settings.js'
import type { Handler } from '../consumers/handlers.js'
import type { Store } from '../operations/store.js'
import type { Wakeup } from '../wakeup/wakeup.js'

/** What a Posthorn is made of before anything runs in it. */
export interface Parts {
  settings: Settings
  log: Log
  vault: Vault
  clock: Clock
  metrics: Metrics
  store: Store
  connections: Connections
  plans: Plans
  formatBook: FormatBook
  announcer: Announcer
  wakeup: Wakeup
}

/** `pool`: connections to the database that an application lends, instead of those that its URL would make. */
export async function openParts(settings: Settings, pool?: pg.Pool): Promise<Parts> {
  const { databaseUrl, mode } = settings
  const plans = readPlans(settings.plans)
  if (!plans.ok) throw new Error(plans.mistakes.join('\n'))
  const formats = readOwnFormats(settings.formats)
  if (!formats.ok) throw new Error(formats.mistakes.join('\n'))
  const log = openLog({ destination: settings.log, level: settings.logLevel })
  const vault = createVault(settings.encryptionKey ?? await keepEncryptionKey(settings.dataFolder))
  const clock = systemClock()
  const store = await openStore(databaseUrl, clock, { pool, allowFsyncOff: settings.allowsFsyncOff })
  try {
    refuseHalfCopied(await store.query('readFact', { name: copyFact }))
    await checkEncryptionKey(store, vault, settings)
  } catch (error) {
    await store.close()
    throw error
  }
  const connections = new Connections(createDialler({
    strict: mode === 'serve', allow: settings.allowSubnets ?? [],
    resolver: settings.dnsServers === undefined ? systemResolver() : dnsServersResolver(settings.dnsServers),
  }))
  const announcer = announcerOf(store, clock)
  const wakeup = databaseUrl.kind === 'sqlite' ? new InProcessWakeup() : new NotifyWakeup({
    // Of its own, also where an application lends a pool: it is never given back.
    connect: () => new pg.Client({ ...(pool === undefined ? { connectionString: databaseUrl.url } : clientOptions(pool)), connectionTimeoutMillis: 5_000, keepAlive: true, application_name: 'posthorn' }),
    report: (error, what) => log.error('fault', { what, error }),
  })
  return { settings, log, vault, clock, metrics: new Metrics(), store, connections, plans: plans.plans, formatBook: new FormatBook(formats.formats), announcer, wakeup }
}

/** Also a database from before there was a check is refused under another key, before one would be made with that. */
async function checkEncryptionKey(store: Store, vault: Vault, { encryptionKey, dataFolder }: Settings): Promise<void> {
  const whence = encryptionKey === undefined ? `The key in ${dataFolder}/${encryptionKeyFile}` : 'POSTHORN_ENCRYPTION_KEY'
  if (await store.query('readFact', { name: keyCheckFact }) === undefined) {
    const sealed = await store.query('anySealedSecret', {})
    if (sealed !== undefined) refuseWrongKey(vault, sealed, whence)
  }
  const { value } = await store.command('keepFact', { name: keyCheckFact, value: sealKeyCheck(vault) })
  refuseWrongKey(vault, keyCheckOf(value), whence)
}

export async function closeParts({ connections, store, log, wakeup }: Parts): Promise<void> {
  await wakeup.close()
  await connections.close()
  await store.close()
  await log.close()
}

/** A node that runs, with all that reads its streams. */
export interface RunningNode { node: Node; stop(): Promise<void> }

export async function startNode({ settings, log, vault, clock, metrics, store, connections, plans, formatBook, announcer, wakeup }: Parts, { name, handlers = [], does = settings.roles }: { name: string; handlers?: readonly Handler[]; does?: readonly Role[] }): Promise<RunningNode> {
  const consumption = new Consumption({ store, clock, log, plans, handlers })
  const reader = wakeup.join(({ streams, isFromElsewhere }) => {
    // All of them are too many to be named, and are found by looking.
    if (streams === undefined || streams === 'all') return
    // Whoever appended them lets its own consumers read them at once; one that has none leaves them to the others' next look.
    if (isFromElsewhere !== true) consumption.wake(streams)
    announcer.streamsMoved(streams)
  })
  const node = await Node.start({
    store, clock, node: name, formats: formatBook.definitions, observer: observerOf(log, metrics, announcer), userAgent: `Posthorn/${version}`,
    send: (request, done) => attempt(connections, request, done),
    loadTargets: targetLoader({ load: (ids) => store.query('loadEndpoints', { ids }), open: vault.open, defaultTimeoutMs: settings.deliveryTimeoutMs, now: () => clock.now() }),
    wakeup, dispatches: does.includes('dispatch'), delivers: does.includes('deliver'),
    housekeeping: (self) => does.includes('housekeeping') ? housekeeping({ store, clock, log, settings, wake: () => self.wake() }) : [],
  })
  metrics.watch({
    inFlight: () => node.load.inFlight, unsettled: () => node.load.unsettled,
    dueAgeSeconds: async () => (await store.query('backlog', {})).dueAgeMs / 1000,
    outboxAgeSeconds: async () => (await store.query('outboxState', {})).oldestMs / 1000,
    partitionDaysAhead: () => store.query('partitionDaysAhead', {}),
  })
  await consumption.start(node, { consumes: does.includes('consume') })
  return {
    node,
    async stop() {
      reader.leave()
      await consumption.stop()
      await node.stop()
    },
  }
}

export function makeApi({ settings, log, vault, clock, metrics, announcer, formatBook, wakeup }: Parts, node: Node, adminKeyHash: Uint8Array): ReturnType<typeof createApi> {
  const strict = settings.mode === 'serve'
  return createApi({
    engine: node, vault, adminKeyHash, log, clock, announcer, formatBook, wakeup,
    configuration: { mode: settings.mode, settings: tellSettings(settings) },
    settings: { version, roles: settings.roles, endpointUrls: { strict, allow: settings.allowSubnets ?? [], ...(strict && settings.publicUrl !== undefined && { ownUrl: settings.publicUrl }) } },
    inbound: { builtIn: builtInSources(settings), publicUrl: settings.publicUrl },
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
  })
}

/** With what a pool makes its clients; its password is not among what can be listed. */
function clientOptions({ options }: { options?: pg.PoolConfig }): pg.ClientConfig {
  return { ...options, password: options?.password }
}

/** What a process answers that leaves the API to others: whether it lives, and how it fares. */
export function makeHealth({ settings, metrics, store }: Parts): ReturnType<typeof createApi> {
  const app = createHealth({ store, roles: settings.roles, metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }) })
  return { app, onNode: () => false }
}

/** The admin key's hash: of the one that is set, or of the one that was made at the first start. */
export async function knowAdminKey({ settings, store }: Parts): Promise<{ adminKeyHash: Uint8Array; adminKey: string | undefined }> {
  if (settings.apiKey !== undefined) return { adminKeyHash: hashApiKey(settings.apiKey), adminKey: undefined }
  const made = makeApiKey()
  const { value, isNew } = await store.command('keepFact', { name: 'admin_key_hash', value: hashApiKey(made).toString('hex') })
  return { adminKeyHash: Buffer.from(value, 'hex'), adminKey: isNew ? made : undefined }
}
