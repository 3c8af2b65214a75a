import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Child } from './child.js'
import type { CeilingCommands } from './ceiling.js'
import type { BenchDatabase } from './database.js'
import type { Options } from './options.js'
import type { PublisherCommands, PublishResult, PublishRun } from './publisher.js'
import { PostgresDatabase } from './postgres-database.js'
import { Server } from './server.js'
import { isEverythingSettled } from './settled.js'
import type { Captured, SinkCommands, SinkCounts } from './sink.js'
import { SqliteDatabase } from './sqlite-database.js'
import { type Watched, watch, type WatchedProcesses } from './watch.js'
import { makeWorld, type World } from './world.js'

/** What one run of publishing came to, from the first publish until everything was settled. */
export interface Run {
  published: PublishResult
  sink: SinkCounts
  /** Publish-to-receipt, as counts of a LatencyHistogram. */
  latencies: Uint32Array
  /** From the first publish to the last answer. */
  publishSeconds: number
  /** From the first publish to the last settlement, as far as it can be seen from outside (some milliseconds late). */
  seconds: number
  /** Deliveries that had reached the sink when the publisher stopped. */
  deliveredWhilePublishing: number
  server: Watched
  /** False when deliveries were still missing after the time allowed; the figures then say little. */
  isDrained: boolean
}

/** A started server with its workload, sink, publisher and ceiling: what scenarios play on. */
export class Stage {
  readonly options: Options
  readonly folder: string
  readonly database: BenchDatabase
  readonly server: Server
  readonly sink = new Child<SinkCommands>('./sink.js')
  readonly publisher = new Child<PublisherCommands>('./publisher.js')
  readonly ceiling = new Child<CeilingCommands>('./ceiling.js')
  readonly #tell: (line: string) => void
  origins: string[] = []
  #nextNumber = 0
  #closed: Promise<void> | undefined

  private constructor(options: Options, folder: string, database: BenchDatabase, server: Server, tell: (line: string) => void) {
    this.options = options
    this.folder = folder
    this.database = database
    this.server = server
    this.#tell = tell
  }

  /** Starts everything on a new, empty data folder. */
  static async open(options: Options, tell: (line: string) => void): Promise<Stage> {
    const folder = mkdtempSync(join(options.folder, 'posthorn-bench-'))
    let database: BenchDatabase | undefined
    try {
      // PostgreSQL may have to run as another user.
      chmodSync(folder, 0o755)
      database = options.database === 'sqlite' ? new SqliteDatabase(folder) : await PostgresDatabase.start(folder)
      const stage = new Stage(options, folder, database, await Server.start(folder, database, options), tell)
      stage.origins = await stage.sink.ask('listen', { origins: options.origins })
      return stage
    } catch (error) {
      await database?.close()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Ends what was started, for good, and removes the data. May be called in the middle of a scenario, and again. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await Promise.all([this.server.close(), this.sink.end(), this.publisher.end(), this.ceiling.end()])
    await this.database.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Whose work is measured. */
  get processes(): WatchedProcesses { return { nodes: this.server.pids, database: this.database.pids } }
  get pids(): number[] { return [...this.server.pids, ...this.database.pids] }

  /** As if the machine had lost its power: every node and the database, nothing finished, nothing flushed. */
  async kill(): Promise<void> {
    await Promise.all([this.server.kill(), this.database.kill()])
  }

  /** Starts what `kill` has ended, and tells how many milliseconds it took until it was ready. */
  async start(): Promise<number> {
    const startedAt = performance.now()
    await this.database.start()
    await this.server.start()
    return performance.now() - startedAt
  }

  tell(line: string): void {
    this.#tell(line)
  }

  async makeWorld(name: string, organizations: number, endpointsEach: number): Promise<World> {
    const world = await makeWorld(this.server.api, { name, organizations, endpointsEach, origins: this.origins, firstNumber: this.#nextNumber })
    this.#nextNumber += organizations * endpointsEach
    return world
  }

  /** Sends one event to every endpoint of a world, which warms what will be measured, and keeps the requests for the ceiling. */
  async touchEveryEndpoint(world: World): Promise<Captured[]> {
    await this.sink.ask('capture')
    const run = await this.run(world, { targets: world.single, events: world.single.length, connections: 8 })
    if (!run.isDrained) throw new Error(`Only ${run.sink.distinct} of ${run.published.expected} first deliveries arrived (refused publishes: ${JSON.stringify(run.published.refused)}).\n${this.server.logEnd()}`)
    return this.sink.ask('captured')
  }

  /** Two seconds of work that is not measured: a server that has just started compiles its code first. */
  async warmUp(world: World): Promise<void> {
    await this.run(world, { targets: world.single, seconds: 2 })
  }

  /** Publishes to the server, all else as `wanted` says, and leaves the answer to the caller. */
  publish(wanted: Partial<PublishRun> & Pick<PublishRun, 'targets'>): Promise<PublishResult> {
    return this.publisher.ask('publish', { host: this.server.host, ports: this.server.ports, connections: this.options.connections, eventsPerRequest: 1, ...wanted })
  }

  /** Publishes, waits until all of it is delivered and settled, and tells what it took. */
  async run(world: World, wanted: Partial<PublishRun> & Pick<PublishRun, 'targets'>): Promise<Run> {
    await this.clear()
    const endWatch = watch(this.processes)
    const startedAt = performance.now()
    const published = await this.publish(wanted)
    const publishSeconds = (published.lastAtUs - published.firstAtUs) / 1e6
    const deliveredWhilePublishing = (await this.sink.ask('counts')).distinct
    const isDrained = await this.drained(world, published.expected, drainBoundMs(published.expected))
    const seconds = (performance.now() - startedAt) / 1000
    const server = endWatch()
    return {
      published,
      sink: await this.sink.ask('counts'),
      latencies: await this.sink.ask('latencies'),
      publishSeconds,
      seconds,
      deliveredWhilePublishing,
      server,
      isDrained,
    }
  }

  /** Waits until the sink has `expected` distinct deliveries and the server has settled them; false when that takes longer than `boundMs`. */
  async drained(world: World, expected: number, boundMs: number): Promise<boolean> {
    const giveUpAt = performance.now() + boundMs
    while ((await this.sink.ask('counts')).distinct < expected) {
      if (performance.now() > giveUpAt) return false
      await pause(5)
    }
    while (!(await isEverythingSettled(this.server.nodes.map(({ api }) => api), world.organizationIds))) {
      if (performance.now() > giveUpAt) return false
      await pause(5)
    }
    return true
  }

  /** Forgets what was published and received so far. */
  async clear(): Promise<void> {
    await Promise.all([this.sink.ask('clear'), this.publisher.ask('clear')])
  }

  /** What the accepted events owe, and what the sink received since both were cleared, as `<endpoint> <event id>`. */
  async acceptedAndReceived(): Promise<{ accepted: Set<string>; received: Set<string> }> {
    const [accepted, received] = [join(this.folder, 'accepted'), join(this.folder, 'received')]
    await Promise.all([this.publisher.ask('writeAccepted', { file: accepted }), this.sink.ask('writeReceipts', { file: received })])
    return { accepted: linesOf(accepted), received: linesOf(received) }
  }
}

/** A minute, and a second more for each 1,000 deliveries: far more than a sound server needs. */
function drainBoundMs(expected: number): number {
  return 60_000 + expected
}

function linesOf(file: string): Set<string> {
  const lines = new Set(readFileSync(file, 'utf8').split('\n'))
  lines.delete('')
  return lines
}
