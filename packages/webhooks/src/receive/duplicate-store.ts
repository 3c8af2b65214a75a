/**
 * Remembers what has been received. Keep entries for seven days at least: senders repeat for days, and where the sender signs no time
 * this is what stops a replay. Each of the three must be one atomic step; with several processes the store must be shared.
 */
export interface DuplicateStore {
  /** `claimed`: it is ours to handle. `processed`: it was handled before. `in-progress`: another request is handling it now. */
  claim(key: string): Promise<Claim> | Claim
  markProcessed(key: string): Promise<void> | void
  /** Gives a claim back after a failure, so that the sender's next attempt is handled. */
  release(key: string): Promise<void> | void
}

export type Claim = 'claimed' | 'processed' | 'in-progress'

/** In this process's memory: right for one process, and forgotten when it ends. */
export class MemoryDuplicateStore implements DuplicateStore {
  readonly #entries = new Map<string, { isProcessed: boolean; forgetAt: number }>()
  readonly #keepMs: number
  readonly #maxEntries: number
  readonly #clock: () => number

  constructor({ keepDays = 7, maxEntries = 500_000, clock = Date.now }: { keepDays?: number; maxEntries?: number; clock?: () => number } = {}) {
    this.#keepMs = keepDays * 24 * 3600 * 1000
    this.#maxEntries = maxEntries
    this.#clock = clock
  }

  claim(key: string): Claim {
    const now = this.#clock()
    const entry = this.#entries.get(key)
    if (entry && entry.forgetAt > now) return entry.isProcessed ? 'processed' : 'in-progress'
    this.#entries.delete(key)
    this.#forget(now)
    this.#entries.set(key, { isProcessed: false, forgetAt: now + this.#keepMs })
    return 'claimed'
  }

  markProcessed(key: string): void {
    const entry = this.#entries.get(key)
    if (entry) entry.isProcessed = true
  }

  release(key: string): void {
    if (this.#entries.get(key)?.isProcessed === false) this.#entries.delete(key)
  }

  /** A Map keeps the order of insertion, so what is oldest stands first. */
  #forget(now: number): void {
    for (const [key, { forgetAt }] of this.#entries) {
      if (forgetAt > now && this.#entries.size < this.#maxEntries) break
      this.#entries.delete(key)
    }
  }
}
