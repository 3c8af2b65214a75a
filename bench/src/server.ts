import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Api } from './api.js'
import { childrenOf } from './processes.js'

/** How the product is started: everything else is as shipped. */
export interface ServerSettings {
  /** The command's file, for example packages/server/bin/posthorn.js. */
  bin: string
  /** `dev` lets endpoints be plain http on loopback; the engine is the same as under `serve`. */
  command: 'dev'
  environment: Record<string, string>
}

/** A Posthorn process over one data folder, which may be ended and started again. */
export class Server {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly databaseFile: string
  readonly settings: ServerSettings
  readonly api: Api
  readonly #folder: string
  #process: ChildProcess | undefined
  #isUnder = false
  #isClosed = false

  private constructor(folder: string, port: number, bin: string) {
    const adminKey = randomBytes(24).toString('hex')
    this.port = port
    this.#folder = folder
    this.databaseFile = join(folder, 'posthorn.db')
    this.settings = {
      bin,
      command: 'dev',
      environment: {
        PORT: String(port),
        HOST: this.host,
        DATABASE_URL: `sqlite:${this.databaseFile}`,
        POSTHORN_API_KEY: adminKey,
        POSTHORN_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      },
    }
    this.api = new Api(`http://${this.host}:${port}`, adminKey)
  }

  static async start(folder: string, bin: string): Promise<Server> {
    const server = new Server(folder, await freePort(), bin)
    await server.start()
    return server
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('The server is not running.')
    return pid
  }

  /** Starts the process, what it prints in a file, and tells how many milliseconds it took to be ready. `under` is a command that runs it, such as strace. */
  async start(under: readonly string[] = []): Promise<number> {
    if (this.#isClosed) throw new Error('The bench was interrupted.')
    const startedAt = performance.now()
    const log = openSync(join(this.#folder, 'server.out'), 'a')
    const [command = process.execPath, ...words] = [...under, process.execPath, this.settings.bin, this.settings.command]
    const child = spawn(command, words, {
      cwd: this.#folder,
      env: { PATH: process.env['PATH'], ...this.settings.environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#process = child
    this.#isUnder = under.length > 0

    while (!(await this.api.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended while it started.\n${this.logEnd()}`)
      if (performance.now() - startedAt > 60_000) throw new Error(`The server was not ready after 60 s.\n${this.logEnd()}`)
      await pause(10)
    }
    return performance.now() - startedAt
  }

  /** As a crash would: nothing is finished, nothing is flushed. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** As an operator would: what is in flight is finished first. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Kills it, and never starts again, whatever a scenario that was interrupted still asks for. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.kill()
  }

  async restart(): Promise<number> {
    await this.stop()
    return this.start()
  }

  /** The last that the server printed, and what the end of the log that `dev` keeps in its data folder warns of. */
  logEnd(): string {
    const lines = ['server.out', 'posthorn.log'].flatMap((name) => lastLinesOf(join(this.#folder, name)))
    return lines.filter((line) => !line.includes('"level":"info"')).join('\n')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    // A signal to what the server runs under would not reach the server; it ends by itself once the server has.
    const server = (this.#isUnder ? childrenOf(child.pid)[0] : undefined) ?? child.pid
    process.kill(server, signal)
    const tooLate = setTimeout(() => process.kill(server, 'SIGKILL'), 30_000)
    await ended
    clearTimeout(tooLate)
  }
}

function lastLinesOf(file: string): string[] {
  try {
    const opened = openSync(file, 'r')
    const end = Buffer.alloc(65_536)
    const length = readSync(opened, end, 0, end.length, Math.max(0, fstatSync(opened).size - end.length))
    closeSync(opened)
    return end.toString('utf8', 0, length).split('\n').slice(-200)
  } catch {
    return []
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('No port is free.'))))
    })
  })
}
