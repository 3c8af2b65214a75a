import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Api } from './api.js'
import type { BenchDatabase } from './database.js'
import { freePort } from './free-port.js'
import { host, ServerProcess, type ServerSettings } from './server-process.js'

/** A Posthorn over one database, of one node or more, which may be ended and started again. */
export class Server {
  readonly host = host
  readonly settings: ServerSettings
  readonly nodes: readonly ServerProcess[]

  private constructor(nodes: readonly ServerProcess[], settings: ServerSettings) {
    this.nodes = nodes
    this.settings = settings
  }

  static async start(folder: string, database: BenchDatabase, { bin, nodes }: { bin: string; nodes: number }): Promise<Server> {
    const settings: ServerSettings = {
      bin,
      command: 'dev',
      environment: {
        DATABASE_URL: database.url,
        POSTHORN_API_KEY: randomBytes(24).toString('hex'),
        POSTHORN_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      },
    }
    const started: ServerProcess[] = []
    for (let n = 1; n <= nodes; n++) {
      const place = join(folder, `node-${n}`)
      started.push(new ServerProcess(await freePort(), settings, place, database.kind === 'sqlite' ? folder : join(place, 'posthorn-data')))
    }
    const server = new Server(started, settings)
    await server.start()
    return server
  }

  /** Of the first node: any of them answers for all. */
  get port(): number { return this.#first.port }
  get api(): Api { return this.#first.api }
  get ports(): number[] { return this.nodes.map(({ port }) => port) }
  get pids(): number[] { return this.nodes.map(({ pid }) => pid) }

  /** Starts all nodes and tells how many milliseconds it took until each was ready. */
  async start(under: readonly string[] = []): Promise<number> {
    const startedAt = performance.now()
    // The first makes the schema; the others need not queue for it.
    for (const node of this.nodes) await node.start(under)
    return performance.now() - startedAt
  }

  /** As a crash would: nothing is finished, nothing is flushed. */
  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')))
  }

  /** As an operator would: what is in flight is finished first. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end('SIGTERM')))
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()))
  }

  async restart(): Promise<number> {
    await this.stop()
    return this.start()
  }

  logEnd(): string {
    return this.nodes.map((node) => node.logEnd()).join('\n')
  }

  get #first(): ServerProcess { return this.nodes[0] as ServerProcess }
}
