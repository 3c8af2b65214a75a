import { Client, type buildConnector } from 'undici'

export const connectionLimits = {
  /** A connection that nobody used for so long is closed. */
  idleMs: 20_000,
  /** One as old as this is not used again, so that a changed DNS answer counts within minutes, however busy the endpoint. */
  oldMs: 300_000,
  maxIdle: 1_000,
  trimEveryMs: 5_000,
} as const

/** A connection that one attempt at a time uses. */
export interface Connection {
  readonly client: Client
  readonly origin: string
  readonly openedAt: number
  idleSince: number
  /** Has carried a request before: the other side may have closed it without our knowing. */
  wasUsed: boolean
}

/**
 * The connections to customers. Reusing one saves a handshake and 40 µs, so they are kept for a while, the one used last
 * to be used next. The lanes count what may be under way: nothing ever queues here. (A pool of undici's looks through all
 * connections of an origin for a free one with every request; with many endpoints behind one origin that was a tenth of
 * the sender's time.)
 */
export class Connections {
  readonly #idle = new Map<string, Connection[]>()
  readonly #trimming: NodeJS.Timeout
  readonly #open = new Set<Client>()

  constructor(private readonly connect: buildConnector.connector) {
    this.#trimming = setInterval(() => this.#trim(), connectionLimits.trimEveryMs)
    this.#trimming.unref()
  }

  /** One for an origin; `isNew` asks for one that was never used. Whoever takes it gives it back when its request has ended. */
  take(origin: string, { isNew = false } = {}): Connection {
    const idle = isNew ? undefined : this.#idle.get(origin)
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (performance.now() - connection.openedAt < connectionLimits.oldMs) return connection
      this.#close(connection)
    }
    const client = new Client(origin, {
      connect: this.connect, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 16_384,
      keepAliveTimeout: connectionLimits.idleMs, keepAliveMaxTimeout: 60_000,
    })
    this.#open.add(client)
    return { client, origin, openedAt: performance.now(), idleSince: 0, wasUsed: false }
  }

  giveBack(connection: Connection): void {
    if (!this.#open.has(connection.client)) return
    connection.idleSince = performance.now()
    connection.wasUsed = true
    const idle = this.#idle.get(connection.origin)
    if (idle === undefined) this.#idle.set(connection.origin, [connection])
    else idle.push(connection)
  }

  async close(): Promise<void> {
    clearInterval(this.#trimming)
    const clients = [...this.#open]
    this.#open.clear()
    this.#idle.clear()
    await Promise.all(clients.map((client) => client.destroy()))
  }

  #trim(): void {
    const now = performance.now()
    const all = [...this.#idle.values()].flat().sort((a, b) => b.idleSince - a.idleSince)
    const closing = new Set(all.filter((connection, i) => i >= connectionLimits.maxIdle || now - connection.idleSince > connectionLimits.idleMs))
    if (closing.size === 0) return
    for (const [origin, idle] of this.#idle) {
      const kept = idle.filter((connection) => !closing.has(connection))
      if (kept.length > 0) this.#idle.set(origin, kept)
      else this.#idle.delete(origin)
    }
    for (const connection of closing) this.#close(connection)
  }

  #close(connection: Connection): void {
    this.#open.delete(connection.client)
    void connection.client.destroy().catch(() => { /* it is gone either way */ })
  }
}
