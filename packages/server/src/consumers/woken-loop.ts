/** What a loop does when it is woken, and now and then by itself. */
export interface WokenWork {
  /** For these organizations, or for all. Gives those for which there is more to do at once. */
  work(organizations: readonly number[] | undefined): Promise<{ behind: readonly number[]; isMoreOfAll: boolean }>
  report(error: unknown): void
  /** How often it looks at all organizations: others may have moved streams without a word. */
  pollMs: number
}

/** Runs begin at least this far apart: in a stream of publishes, one look serves many. */
const apartMs = 20

/** Does its work for the organizations that it is told of, one run at a time. */
export class WokenLoop {
  readonly #dirty = new Set<number>()
  #isAllDirty = true
  #isRunning = false
  #isStopped = false
  #lastStartAt = -Infinity
  #timer: NodeJS.Timeout | undefined
  #pollTimer: NodeJS.Timeout | undefined
  #ended: () => void = () => {}

  constructor(private readonly around: WokenWork) {}

  start(): void {
    this.#poll()
  }

  wake(organizationIds: Iterable<number>): void {
    if (this.#isStopped) return
    for (const id of organizationIds) this.#dirty.add(id)
    if (this.#dirty.size > 0) this.#schedule()
  }

  wakeAll(): void {
    this.#isAllDirty = true
    this.#schedule()
  }

  /** Begins nothing more, and is fulfilled when the present run has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#pollTimer)
    if (this.#isRunning) await new Promise<void>((resolve) => { this.#ended = resolve })
  }

  #poll(): void {
    if (this.#isStopped) return
    this.wakeAll()
    this.#pollTimer = setTimeout(() => this.#poll(), this.around.pollMs)
  }

  #schedule(): void {
    if (this.#isStopped || this.#isRunning || this.#timer !== undefined) return
    const waitMs = Math.max(0, this.#lastStartAt + apartMs - performance.now())
    this.#timer = setTimeout(() => void this.#run(), waitMs)
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    this.#isRunning = true
    this.#lastStartAt = performance.now()
    const organizations = this.#isAllDirty ? undefined : [...this.#dirty]
    this.#isAllDirty = false
    this.#dirty.clear()
    try {
      const { behind, isMoreOfAll } = await this.around.work(organizations)
      for (const id of behind) this.#dirty.add(id)
      if (isMoreOfAll) this.#isAllDirty = true
    } catch (error) {
      // The next look at all organizations finds what was not done.
      if (!this.#isStopped) this.around.report(error)
    }
    this.#isRunning = false
    this.#ended()
    if (this.#isAllDirty || this.#dirty.size > 0) this.#schedule()
  }
}
