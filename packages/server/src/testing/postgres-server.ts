import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, lchownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from './free-port.js'
import { findPostgresBinaries } from './postgres-binaries.js'
import type { KeeperOrder } from './postgres-keeper.js'

/** PostgreSQL refuses to run as root, so root starts it as nobody. */
const nobody = { uid: 65_534, gid: 65_534 }
const startWithinMs = 30_000

/** A real PostgreSQL of this run's own, on a free port of loopback, in a folder that goes with it. */
export class PostgresServer {
  private constructor(readonly url: string, readonly from: string, private readonly keeper: ChildProcess) {}

  /** Undefined where there are no programs to start one from. `settings`: of postgresql.conf. */
  static async start(settings: Record<string, string> = {}): Promise<PostgresServer | undefined> {
    const user = process.getuid?.() === 0 ? nobody : undefined
    const folder = mkdtempSync(join(user === undefined ? tmpdir() : folderForAll(), 'posthorn-postgres-'))
    try {
      const binaries = findPostgresBinaries(folder)
      if (binaries === undefined) {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      }
      const data = join(folder, 'data')
      const password = randomBytes(16).toString('hex')
      const passwordFile = join(folder, 'password')
      mkdirSync(data, { mode: 0o700 })
      writeFileSync(passwordFile, password, { mode: 0o600 })
      if (user !== undefined) for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) lchownSync(join(folder, path), user.uid, user.gid)
      await promisify(execFile)(binaries.initdb, ['-D', data, '-U', 'posthorn', '-E', 'UTF8', '--locale=C', '--auth=password', `--pwfile=${passwordFile}`, '--no-sync'], { ...user, cwd: '/' })

      const port = await freePort()
      const parameters = Object.entries({ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      const log = join(folder, 'log')
      const order: KeeperOrder = { program: binaries.postgres, parameters: ['-D', data, ...parameters], user, log, folder }
      const keeper = spawn(process.execPath, [fileURLToPath(new URL('./postgres-keeper.js', import.meta.url)), JSON.stringify(order)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
      keeper.stdin?.on('error', () => {})
      const server = new PostgresServer(`postgres://posthorn:${password}@127.0.0.1:${port}/postgres`, binaries.from, keeper)
      await server.#untilReady(log)
      return server
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.keeper.once('exit', resolve))
    if (this.keeper.exitCode !== null) return
    this.keeper.stdin?.end()
    await ended
  }

  async #untilReady(log: string): Promise<void> {
    const until = performance.now() + startWithinMs
    for (;;) {
      const client = new pg.Client({ connectionString: this.url })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.end()
        return
      } catch (error) {
        if (this.keeper.exitCode !== null || performance.now() > until) {
          const told = existsSync(log) ? readFileSync(log, 'utf8') : ''
          await this.stop()
          throw new Error(`PostgreSQL did not start. ${told}`, { cause: error })
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
}

/** The folder for temporary files, or, where it lies within one that others may not enter (as root's do), the one that every system has. */
function folderForAll(): string {
  for (let path = tmpdir(); ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return '/tmp'
    if (path === dirname(path)) return tmpdir()
  }
}
