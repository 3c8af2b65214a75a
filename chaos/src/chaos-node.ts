import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { PosthornProcess } from '../../packages/server/dist/testing/posthorn-process.js'

const startWithinMs = 60_000

/** One node: the command `posthorn dev`, always on the same port, so that it comes back under the same name. */
export class ChaosNode {
  /** What it said when it ended though nobody asked it to. */
  readonly crashes: string[] = []
  #process: PosthornProcess | undefined
  #isPaused = false
  #isOver = false

  /** `folder`: where it is started and keeps its log. */
  constructor(readonly name: string, readonly port: number, private readonly folder: string, private readonly env: Record<string, string>) {
    mkdirSync(folder, { recursive: true })
  }

  get url(): string { return `http://127.0.0.1:${this.port}` }
  get isRunning(): boolean { return this.#process !== undefined && !this.#process.hasEnded }

  /** Fulfilled when it answers that it is ready; what cannot start because its database is away is started again. */
  async start(): Promise<void> {
    const until = performance.now() + startWithinMs
    for (;;) {
      if (this.#isOver) throw new Error('The run is over.')
      const started = new PosthornProcess(['dev', '--inspector', 'off'], { folder: this.folder, env: { ...this.env, PORT: String(this.port) } })
      this.#process = started
      void started.ended.then(({ code, signal }) => {
        if (this.#process === started && isReady) this.crashes.push(`${this.name} ended by itself (${signal ?? code}).\n${started.errors.slice(-2_000)}`)
      })
      let isReady = false
      while (!started.hasEnded && performance.now() < until) {
        if (await this.#answersReady()) {
          isReady = true
          return
        }
        await pause(50)
      }
      if (performance.now() > until) throw new Error(`${this.name} was not ready within ${startWithinMs} ms.\n${started.output}\n${started.errors}`)
      await pause(300)
    }
  }

  async kill(): Promise<void> {
    const ending = this.#process
    this.#process = undefined
    this.#isPaused = false
    await ending?.kill()
  }

  /** Kills it, and never starts it again, whatever a fault that was interrupted still asks for. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.kill()
  }

  pause(): void {
    this.#isPaused = true
    this.#process?.signal('SIGSTOP')
  }

  wake(): void {
    if (this.#isPaused) this.#process?.signal('SIGCONT')
    this.#isPaused = false
  }

  /** As an operator would: undefined when it ended well, else how. */
  async stop(): Promise<string | undefined> {
    const ending = this.#process
    if (ending === undefined) return undefined
    this.wake()
    this.#process = undefined
    ending.signal('SIGTERM')
    const { code, signal } = await ending.ended
    return code === 0 ? undefined : `${this.name} was asked to stop and ended with ${signal ?? code}.\n${ending.errors.slice(-2_000)}`
  }

  async #answersReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200
    } catch {
      return false
    }
  }
}
