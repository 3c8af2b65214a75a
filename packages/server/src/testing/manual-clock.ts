import type { Clock } from '../time/clock.js'

/** A clock that stands still until a test moves it; timers go off in their order on the way. */
export class ManualClock implements Clock {
  #now: number
  readonly #timers = new Map<object, { at: number; callback: () => void }>()

  constructor(now = Date.UTC(2026, 0, 15, 12)) {
    this.#now = now
  }

  readonly now = (): number => this.#now

  after(ms: number, callback: () => void): () => void {
    // What is due already needs no further advance: the test may have moved time before this was asked.
    if (ms <= 0) {
      const immediate = setImmediate(callback)
      return () => clearImmediate(immediate)
    }
    const timer = {}
    this.#timers.set(timer, { at: this.#now + ms, callback })
    return () => this.#timers.delete(timer)
  }

  random(): number { return 0 }

  advance(ms: number): void {
    const until = this.#now + ms
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      const [timer, { at, callback }] = next
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, at)
      callback()
    }
    this.#now = until
  }

  #next(until: number) {
    return [...this.#timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
  }
}
