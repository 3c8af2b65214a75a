import { hostname } from 'node:os'
import { createApp } from '../api/app.js'
import { createHttpServer } from '../api/http-server.js'
import { problemResponse } from '../api/problem-response.js'
import { attempt } from '../deliveries/attempt.js'
import { Connections } from '../deliveries/connections.js'
import { targetLoader } from '../deliveries/load-targets.js'
import { createDialler } from '../dialling/dial.js'
import { dnsServersResolver, systemResolver } from '../dialling/resolver.js'
import { systemClock } from '../engine/clock.js'
import { Node } from '../engine/node.js'
import { openPostgresStore } from '../engine/postgres-store.js'
import { openSqliteStore } from '../engine/sqlite-store.js'
import { builtInFormats } from '../formats/built-in-formats.js'
import { findSignersIn } from '../inspector/find-signers.js'
import { createInspector, mountInspector } from '../inspector/inspector.js'
import { openLog, type Log } from '../observability/log.js'
import { Metrics } from '../observability/metrics.js'
import { Problem } from '../problems/problem.js'
import { hashApiKey, makeApiKey } from '../secrets/api-key.js'
import { keepEncryptionKey } from '../secrets/encryption-key.js'
import { createVault } from '../secrets/vault.js'
import { builtInSources } from '../sources/built-in-sources.js'
import { housekeeping } from './housekeeping.js'
import { observerOf } from './observe.js'
import { version } from './version.js'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Settings } from '../config/settings.js'
import type { Store } from '../engine/store.js'

export interface RunningServer {
  url: string
  port: number
  /** Only where it was made just now: it is kept as a hash and cannot be told again. */
  adminKey: string | undefined
  node: Node
  store: Store
  log: Log
  /** The API, for a client within this process. */
  fetch(request: Request): Response | Promise<Response>
  /** Takes no more requests, finishes what is in flight, and lets go of everything. */
  stop(): Promise<void>
}

/** Puts a Posthorn together from its settings and starts it: database, node, API, in that order. */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const { databaseUrl, mode } = settings
  const log = openLog({ destination: settings.log, level: settings.logLevel })
  const vault = createVault(settings.encryptionKey ?? await keepEncryptionKey(settings.dataFolder))
  const clock = systemClock()
  const metrics = new Metrics()
  const store = databaseUrl.kind === 'sqlite' ? await openSqliteStore(databaseUrl.path, clock) : await openPostgresStore(databaseUrl.url)

  const strict = mode === 'serve'
  const connections = new Connections(createDialler({
    strict, allow: settings.allowSubnets ?? [],
    resolver: settings.dnsServers === undefined ? systemResolver() : dnsServersResolver(settings.dnsServers),
  }))
  let app: Pick<ReturnType<typeof createApp>, 'fetch'> = { fetch: () => problemResponse(new Problem('unavailable', 'The server is starting.', { retryAfterSeconds: 1 })) }
  const server = createHttpServer((request, env) => app.fetch(request, env))
  try {
    // The port first: where it is taken, no admin key must have been made that nobody is ever shown.
    await listen(server, settings.port, settings.host)
    const { port } = server.address() as AddressInfo
    const { adminKeyHash, adminKey } = await knowAdminKey(settings, store)
    const node = await Node.start({
      store, clock, node: nodeName(store, port), formats: Object.values(builtInFormats), observer: observerOf(log, metrics), userAgent: `Posthorn/${version}`,
      send: (request, done) => attempt(connections, request, done),
      loadTargets: targetLoader({ load: (ids) => store.query('loadEndpoints', { ids }), open: vault.open, defaultTimeoutMs: settings.deliveryTimeoutMs, now: () => clock.now() }),
      housekeeping: (self) => housekeeping({ store, clock, settings, wake: () => self.wake() }),
    })
    metrics.watch({
      inFlight: () => node.load.inFlight, unsettled: () => node.load.unsettled,
      dueAgeSeconds: async () => (await store.query('backlog', {})).dueAgeMs / 1000,
    })

    const api = createApp({
      engine: node, vault, adminKeyHash, log, clock,
      settings: { version, endpointUrls: { strict, allow: settings.allowSubnets ?? [], ...(strict && settings.publicUrl !== undefined && { ownUrl: settings.publicUrl }) } },
      inbound: { builtIn: builtInSources(settings), publicUrl: settings.publicUrl },
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    })
    if (settings.inspector) mountInspector(api, createInspector({ clock, findSigners: findSignersIn({ store, vault, formats: Object.values(builtInFormats), clock }) }))
    app = api
    log.info('started', { version, mode, port })

    return {
      port, adminKey, node, store, log,
      fetch: (request) => api.fetch(request),
      url: `http://${settings.host === '0.0.0.0' || settings.host === '::' || settings.host === '127.0.0.1' ? 'localhost' : settings.host}:${port}`,
      async stop() {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeIdleConnections()
        await node.stop()
        server.closeAllConnections()
        await closed
        await connections.close()
        await store.close()
        log.info('stopped')
        await log.close()
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    await connections.close()
    await store.close()
    await log.close()
    throw error
  }
}

/**
 * Under which name a node's sessions stand: whoever starts under it takes over what the last run held. A SQLite file has
 * one node at a time, whatever the machine is called today; on PostgreSQL each has its own.
 */
function nodeName(store: Store, port: number): string {
  return store.dialect === 'sqlite' ? 'sqlite' : `${hostname()}:${port}`
}

/** The admin key's hash: of the one that is set, or of the one that was made at the first start. */
async function knowAdminKey(settings: Settings, store: Store): Promise<{ adminKeyHash: Uint8Array; adminKey: string | undefined }> {
  if (settings.apiKey !== undefined) return { adminKeyHash: hashApiKey(settings.apiKey), adminKey: undefined }
  const made = makeApiKey()
  const { value, isNew } = await store.command('keepFact', { name: 'admin_key_hash', value: hashApiKey(made).toString('hex') })
  return { adminKeyHash: Buffer.from(value, 'hex'), adminKey: isNew ? made : undefined }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
