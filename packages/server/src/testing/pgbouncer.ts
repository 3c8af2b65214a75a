import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.js'

/** PgBouncer in transaction mode, in front of a PostgreSQL; for those machines on which it is installed. */
export class PgBouncer {
  private constructor(readonly url: string, private readonly process: ChildProcess, private readonly folder: string) {}

  static get isInstalled(): boolean {
    try {
      execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  /** `behind`: the URL that it passes on to. Few connections for many clients, so that none keeps the same one for long. */
  static async start(behind: string): Promise<PgBouncer> {
    // Root's runs as another user, who must be able to read it.
    const folder = mkdtempSync('/tmp/posthorn-pgbouncer-')
    chmodSync(folder, 0o755)
    const { hostname, port, username, password, pathname } = new URL(behind)
    const own = await freePort()
    const settings = join(folder, 'pgbouncer.ini')
    writeFileSync(settings, [
      '[databases]', `* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`,
      '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${own}`, 'unix_socket_dir =', 'auth_type = any', 'pool_mode = transaction', 'default_pool_size = 4', 'max_client_conn = 100', 'query_wait_timeout = 30', '',
    ].join('\n'))
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
    const started = new PgBouncer(`postgres://${username}@127.0.0.1:${own}${pathname}`, spawn('pgbouncer', [...user, settings], { stdio: 'ignore' }), folder)
    await started.#untilReady()
    return started
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    if (this.process.exitCode === null && this.process.kill('SIGKILL')) await ended
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #untilReady(): Promise<void> {
    const until = performance.now() + 10_000
    for (;;) {
      const client = new pg.Client({ connectionString: this.url })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.query('select 1')
        return
      } catch (error) {
        if (this.process.exitCode !== null || performance.now() > until) {
          await this.stop()
          throw error
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      } finally {
        await client.end().catch(() => {})
      }
    }
  }
}
