import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { availableParallelism } from 'node:os'
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

/** What docs/deploying.md asks of whoever runs on Node 20; under a newer one the server sees to it by itself. */
const asNode20Needs: Record<string, string> = 'execve' in process || availableParallelism() >= 8 ? {} : { NODE_OPTIONS: `--v8-pool-size=${Math.max(1, Math.floor(availableParallelism() / 2))}` }

export const host = '127.0.0.1'

/** One node: a Posthorn process, always on the same port, so that it comes back under the same name. */
export class ServerProcess {
  readonly api: Api
  #process: ChildProcess | undefined
  #isUnder = false
  #isClosed = false

  /** `folder`: where it is started, and where it keeps what it prints. `dataFolder`: where `dev` keeps its log. */
  constructor(readonly port: number, readonly settings: ServerSettings, private readonly folder: string, private readonly dataFolder: string) {
    mkdirSync(folder, { recursive: true })
    this.api = new Api(`http://${host}:${port}`, settings.environment['POSTHORN_API_KEY'] ?? '')
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('The server is not running.')
    return pid
  }

  /** Fulfilled when it is ready; what it prints goes to a file. `under` is a command that runs it, such as strace. */
  async start(under: readonly string[] = []): Promise<void> {
    if (this.#isClosed) throw new Error('The bench was interrupted.')
    const startedAt = performance.now()
    const log = openSync(join(this.folder, 'server.out'), 'a')
    const [command = process.execPath, ...words] = [...under, process.execPath, this.settings.bin, this.settings.command]
    const child = spawn(command, words, {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], ...asNode20Needs, ...this.settings.environment, PORT: String(this.port), HOST: host },
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
  }

  /** Kills it, and never starts again, whatever a scenario that was interrupted still asks for. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.end('SIGKILL')
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
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

  /** The last that the server printed, and what the end of the log that `dev` keeps in its data folder warns of. */
  logEnd(): string {
    const lines = [join(this.folder, 'server.out'), join(this.dataFolder, 'posthorn.log')].flatMap(lastLinesOf)
    return lines.filter((line) => !line.includes('"level":"info"')).join('\n')
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
