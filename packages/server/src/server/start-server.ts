import { hostname } from 'node:os'
import { createHttpServer, type NodeHandler } from '../api/http-server.js'
import { problemResponse } from '../api/problem-response.js'
import { mountDashboard } from '../dashboard/dashboard.js'
import { findSignersIn } from '../inspector/find-signers.js'
import { createInspector, mountInspector } from '../inspector/inspector.js'
import { Problem } from '../problems/problem.js'
import { closeParts, knowAdminKey, makeApi, makeHealth, openParts, startNode } from './parts.js'
import { version } from './version.js'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Settings } from '../config/settings.js'
import type { Node } from '../engine/node.js'
import type { Store } from '../operations/store.js'
import type { Log } from '../observability/log.js'

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
  const parts = await openParts(settings)
  const { store, log, vault, clock } = parts
  const answers = settings.roles.includes('api')
  let api: { app: Pick<ReturnType<typeof makeApi>['app'], 'fetch'>; onNode: NodeHandler } = {
    app: { fetch: () => problemResponse(new Problem('unavailable', 'The server is starting.', { retryAfterSeconds: 1 })) },
    onNode: () => false,
  }
  const server = createHttpServer((request, env) => api.app.fetch(request, env), (incoming, outgoing) => api.onNode(incoming, outgoing))
  try {
    // The port first: where it is taken, no admin key must have been made that nobody is ever shown.
    await listen(server, settings.port, settings.host)
    const { port } = server.address() as AddressInfo
    const admin = answers ? await knowAdminKey(parts) : undefined
    const running = await startNode(parts, { name: nodeName(store, port) })

    const made = admin === undefined ? makeHealth(parts) : makeApi(parts, running.node, admin.adminKeyHash)
    if (answers) mountDashboard(made.app)
    if (answers && settings.inspector) mountInspector(made.app, createInspector({ clock, findSigners: findSignersIn({ store, vault, formats: parts.formatBook.definitions, clock }) }))
    api = made
    log.info('started', { version, mode: settings.mode, port, roles: settings.roles.join(',') })

    return {
      port, adminKey: admin?.adminKey, node: running.node, store, log,
      fetch: (request) => made.app.fetch(request),
      url: `http://${settings.host === '0.0.0.0' || settings.host === '::' || settings.host === '127.0.0.1' ? 'localhost' : settings.host}:${port}`,
      async stop() {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeIdleConnections()
        await running.stop()
        server.closeAllConnections()
        await closed
        log.info('stopped')
        await closeParts(parts)
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    await closeParts(parts)
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

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
