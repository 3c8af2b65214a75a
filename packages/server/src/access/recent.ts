/**
 * Remembers what was read for a short time, because the same keys and organizations come with every request. A change
 * made in this process is followed by `forget` and is in force at once; one made elsewhere, after `maxAgeMs` at most.
 * What is asked for when it is half as old is read again meanwhile, so that a busy key never waits for the database; and
 * with it what was asked for and is nearly as old, so that a hundred busy keys are one read and not a hundred.
 */
export class Recent<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #reading = new Map<string, Promise<Value | undefined>>()
  #generation = 0

  constructor(private readonly options: {
    /** Of these, those that there are. */
    read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>
    maxAgeMs: () => number
    maxEntries: number
    now: () => number
  }) {}

  /** What is remembered and still fresh; costs one look into a map. */
  known(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const ageMs = this.options.now() - entry.readAt
    const maxAgeMs = this.options.maxAgeMs()
    if (ageMs >= maxAgeMs) return undefined
    entry.isAskedFor = true
    // A failure is left to whoever asks once it is too old.
    if (ageMs >= maxAgeMs / 2 && !this.#reading.has(key)) this.#read([key, ...this.#agedBeside(key, maxAgeMs / 4)])
    return entry.value
  }

  /** Whoever asks while it is being read waits for the same answer. */
  async get(key: string): Promise<Value | undefined> {
    const known = this.known(key)
    if (known !== undefined) return known
    if (!this.#reading.has(key)) this.#read([key])
    return this.#reading.get(key)
  }

  /** Everything: changes are rare, and what is read again costs little. */
  forget(): void {
    this.#generation++
    this.#entries.clear()
    this.#reading.clear()
  }

  #agedBeside(key: string, ageMs: number): string[] {
    const before = this.options.now() - ageMs
    const aged: string[] = []
    for (const [other, entry] of this.#entries) {
      if (aged.length === readAtOnce) break
      if (other !== key && entry.isAskedFor && entry.readAt <= before && !this.#reading.has(other)) aged.push(other)
    }
    return aged
  }

  #read(keys: readonly string[]): void {
    const generation = this.#generation
    const readAt = this.options.now()
    const reading = this.options.read(keys)
    for (const key of keys) {
      const one = reading.then((found) => {
        const value = found.get(key)
        // What was read before a change must not outlive it.
        if (generation === this.#generation) this.#remember(key, value, readAt)
        return value
      }).finally(() => {
        if (this.#reading.get(key) === one) this.#reading.delete(key)
      })
      // Nobody may be waiting for it.
      one.catch(() => {})
      this.#reading.set(key, one)
    }
  }

  /** What does not exist is not remembered: anybody can ask for it. */
  #remember(key: string, value: Value | undefined, readAt: number): void {
    if (value === undefined) {
      this.#entries.delete(key)
      return
    }
    if (this.#entries.size >= this.options.maxEntries && !this.#entries.has(key)) this.#entries.clear()
    this.#entries.set(key, { value, readAt, isAskedFor: false })
  }
}

interface Entry<Value> {
  value: Value
  readAt: number
  /** Since it was read. */
  isAskedFor: boolean
}

/** Beside the one that is asked for. */
const readAtOnce = 200
