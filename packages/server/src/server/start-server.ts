import { hostname } from 'node:os'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from '../api/app.js'
import { problemResponse } from '../api/problem-response.js'
import { attempt } from '../deliveries/attempt.js'
import { Connections } from '../deliveries/connections.js'
import { prepareTarget } from '../deliveries/load-targets.js'
import { createDialler } from '../dialling/dial.js'
import { dnsServersResolver, systemResolver } from '../dialling/resolver.js'
import { systemClock } from '../engine/clock.js'
import { Node } from '../engine/node.js'
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
  if (databaseUrl.kind !== 'sqlite') throw new Error('PostgreSQL is not supported yet. Use DATABASE_URL=sqlite:<path>.')
  const log = openLog({ destination: settings.log, level: settings.logLevel })
  const vault = createVault(settings.encryptionKey ?? await keepEncryptionKey(settings.dataFolder))
  const clock = systemClock()
  const metrics = new Metrics()
  const store = await openSqliteStore(databaseUrl.path, clock)

  const strict = mode === 'serve'
  const connections = new Connections(createDialler({
    strict, allow: settings.allowSubnets ?? [],
    resolver: settings.dnsServers === undefined ? systemResolver() : dnsServersResolver(settings.dnsServers),
  }))
  let app: Pick<ReturnType<typeof createApp>, 'fetch'> = { fetch: () => problemResponse(new Problem('unavailable', 'The server is starting.', { retryAfterSeconds: 1 })) }
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) }) as Server
  try {
    // The port first: where it is taken, no admin key must have been made that nobody is ever shown.
    await listen(server, settings.port, settings.host)
    const { port } = server.address() as AddressInfo
    const { adminKeyHash, adminKey } = await knowAdminKey(settings, store)
    const node = await Node.start({
      store, clock, node: hostname(), formats: Object.values(builtInFormats), observer: observerOf(log, metrics), userAgent: `Posthorn/${version}`,
      send: (request, done) => attempt(connections, request, done),
      async loadTargets(ids, formats) {
        // Later ones replace earlier ones of the same name: the newest is what a second signature is made with.
        const newest = new Map([...formats.values()].map((format) => [format.definition.name, format]))
        const endpoints = await store.query('loadEndpoints', { ids })
        return endpoints.map((endpoint) => prepareTarget(endpoint, { open: vault.open, formatNamed: (name) => newest.get(name), defaultTimeoutMs: settings.deliveryTimeoutMs, now: clock.now() }))
      },
      housekeeping: (self) => housekeeping({ store, clock, settings, wake: () => self.wake() }),
    })
    metrics.watch({
      inFlight: () => node.load.inFlight, unsettled: () => node.load.unsettled,
      dueAgeSeconds: async () => (await store.query('backlog', {})).dueAgeMs / 1000,
    })

    const api = createApp({
      engine: node, vault, adminKeyHash, log, clock,
      settings: { version, endpointUrls: { strict, allow: settings.allowSubnets ?? [], ...(strict && settings.publicUrl !== undefined && { ownUrl: settings.publicUrl }) } },
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
