import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, lchownSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { findPostgresBinaries } from '../../packages/server/dist/testing/postgres-binaries.js'
import { freePort } from './free-port.js'
import { childrenOf } from './processes.js'

/** PostgreSQL refuses to run as root, so root starts it as nobody. */
const nobody = { uid: 65_534, gid: 65_534 }
const startWithinMs = 60_000

/** A PostgreSQL of this run's own, as durable as it ships, that can be killed like a machine that loses power to its processes. */
export class KillablePostgres {
  #process: ChildProcess | undefined
  #isOver = false

  private constructor(readonly port: number, readonly from: string, private readonly folder: string, private readonly program: string, private readonly password: string, private readonly settings: Record<string, string>) {}

  /**
   * `folder`: one that others may enter, since root's server runs as another user. `settings`: of postgresql.conf.
   * Undefined: there are no programs to start one from.
   */
  static async start(folder: string, settings: Record<string, string>): Promise<KillablePostgres | undefined> {
    const binaries = findPostgresBinaries(folder)
    if (binaries === undefined) return undefined
    const password = randomBytes(16).toString('hex')
    const passwordFile = join(folder, 'password')
    mkdirSync(join(folder, 'data'), { mode: 0o700 })
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user !== undefined) for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) lchownSync(join(folder, path), user.uid, user.gid)
    await promisify(execFile)(binaries.initdb, ['-D', join(folder, 'data'), '-U', 'posthorn', '-E', 'UTF8', '--locale=C', '--auth=password', `--pwfile=${passwordFile}`, '--no-sync'], { ...user, cwd: '/' })
    const server = new KillablePostgres(await freePort(), binaries.from, folder, binaries.postgres, password, settings)
    await server.start()
    return server
  }

  /** `port`: the proxy's, for those that must be cut off now and then. */
  url(port = this.port): string {
    return `postgres://posthorn:${this.password}@127.0.0.1:${port}/postgres`
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('PostgreSQL is not running.')
    return pid
  }

  async start(): Promise<void> {
    if (this.#isOver) throw new Error('The run is over.')
    const parameters = Object.entries({ listen_addresses: '127.0.0.1', port: String(this.port), unix_socket_directories: '', ...this.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const log = openSync(join(this.folder, 'log'), 'a')
    this.#process = spawn(this.program, ['-D', join(this.folder, 'data'), ...parameters], { ...user, cwd: '/', stdio: ['ignore', log, log] })
    closeSync(log)
    const until = performance.now() + startWithinMs
    while (!await this.#answers()) {
      if (this.#hasEnded || performance.now() > until) throw new Error(`PostgreSQL did not start.\n${readFileSync(join(this.folder, 'log'), 'utf8').slice(-2_000)}`)
      await pause(50)
    }
  }

  /** All its processes at once, by the number under which each was found; nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    const server = this.#process
    if (server?.pid === undefined || this.#hasEnded) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    const pids = [server.pid, ...childrenOf(server.pid)]
    for (const pid of pids) killIfThere(pid)
    await ended
    // A worker that still holds the shared memory keeps the next start from beginning.
    while (pids.some(isThere)) await pause(10)
  }

  /** Kills it, and never starts it again. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.kill()
  }

  get #hasEnded(): boolean { return this.#process === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url() })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      return true
    } catch {
      return false
    } finally {
      await client.end().catch(() => {})
    }
  }
}

const user = process.getuid?.() === 0 ? nobody : undefined

function killIfThere(pid: number): void {
  try { process.kill(pid, 'SIGKILL') } catch { /* it ended by itself */ }
}

/** A process that has ended and was not yet waited for (by whoever adopted it) is none. */
function isThere(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
