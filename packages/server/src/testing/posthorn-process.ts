import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The command `posthorn`, as its users start it: a process of its own. */
export class PosthornProcess {
  readonly #process: ChildProcess
  #output = ''
  #errors = ''
  readonly #watchers = new Set<() => void>()
  /** Fulfilled when it has ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>

  constructor(args: readonly string[], { folder, env = {} }: { folder: string; env?: Record<string, string> }) {
    // Nothing of the developer's own environment may change what is tested.
    const { PATH = '', HOME = '' } = process.env
    this.#process = spawn(process.execPath, [posthornBin, ...args], { cwd: folder, env: { PATH, HOME, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process.stdout?.on('data', (chunk: Buffer) => { this.#output += chunk.toString(); this.#tell() })
    this.#process.stderr?.on('data', (chunk: Buffer) => { this.#errors += chunk.toString(); this.#tell() })
    this.ended = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        resolve({ code, signal })
        this.#tell()
      })
    })
  }

  /** Starts a server and waits until it has said all that it says at a start. */
  static async start(args: readonly string[], options: { folder: string; env?: Record<string, string> }): Promise<PosthornProcess> {
    const started = new PosthornProcess(args, options)
    await started.until(() => /(Ctrl-C stops\.|is at http\S+)/.test(started.#errors + started.#output) && (args[0] !== 'dev' || started.#output.includes('Ctrl-C stops.')))
    return started
  }

  get output(): string { return this.#output }
  get errors(): string { return this.#errors }
  get pid(): number { return this.#process.pid as number }
  get hasEnded(): boolean { return this.#process.exitCode !== null || this.#process.signalCode !== null }

  /** Where it says that it is. */
  get url(): string {
    const found = /is at (http\S+)/.exec(this.#output + this.#errors)?.[1]
    if (found === undefined) throw new Error(`It has not said where it is.\n${this.#output}\n${this.#errors}`)
    return found
  }

  async until(holds: () => boolean, withinMs = 20_000): Promise<void> {
    const deadline = performance.now() + withinMs
    while (!holds()) {
      if (this.hasEnded) throw new Error(`posthorn has ended.\n${this.#output}\n${this.#errors}`)
      if (performance.now() > deadline) throw new Error(`posthorn did not come so far within ${withinMs} ms.\n${this.#output}\n${this.#errors}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 100)
        const watchers = this.#watchers
        function done(): void {
          clearTimeout(timer)
          watchers.delete(done)
          resolve()
        }
        watchers.add(done)
      })
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** As a crash would: nothing is finished, nothing is flushed. */
  async kill(): Promise<void> {
    if (!this.hasEnded) this.#process.kill('SIGKILL')
    await this.ended
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }
}

export const posthornBin = fileURLToPath(new URL('../../bin/posthorn.js', import.meta.url))
