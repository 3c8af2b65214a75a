/**
 * Remembers what was read for a short time, because the same keys and organizations come with every request. A change
 * made in this process is followed by `forget` and is in force at once; one made elsewhere, after `maxAgeMs` at most.
 * What is asked for when it is half as old is read again meanwhile, so that a busy key never waits for the database.
 */
export class Recent<Value> {
  readonly #entries = new Map<string, { value: Value; readAt: number }>()
  readonly #reading = new Map<string, Promise<Value | undefined>>()
  #generation = 0

  constructor(private readonly options: { read: (key: string) => Promise<Value | undefined>; maxAgeMs: () => number; maxEntries: number; now: () => number }) {}

  /** What is remembered and still fresh; costs one look into a map. */
  known(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const ageMs = this.options.now() - entry.readAt
    const maxAgeMs = this.options.maxAgeMs()
    if (ageMs >= maxAgeMs) return undefined
    // A failure is left to whoever asks once it is too old.
    if (ageMs >= maxAgeMs / 2 && !this.#reading.has(key)) this.#readOnce(key).catch(() => {})
    return entry.value
  }

  async get(key: string): Promise<Value | undefined> {
    return this.known(key) ?? this.#readOnce(key)
  }

  /** Whoever asks while it is being read waits for the same answer. */
  #readOnce(key: string): Promise<Value | undefined> {
    const reading = this.#reading.get(key)
    if (reading !== undefined) return reading
    const read = this.#read(key).finally(() => {
      if (this.#reading.get(key) === read) this.#reading.delete(key)
    })
    this.#reading.set(key, read)
    return read
  }

  /** Everything: changes are rare, and what is read again costs little. */
  forget(): void {
    this.#generation++
    this.#entries.clear()
    this.#reading.clear()
  }

  async #read(key: string): Promise<Value | undefined> {
    const generation = this.#generation
    const readAt = this.options.now()
    const value = await this.options.read(key)
    // What was read before a change must not outlive it, and what does not exist is not remembered: anybody can ask for it.
    if (generation !== this.#generation) return value
    if (value === undefined) {
      this.#entries.delete(key)
    } else {
      if (this.#entries.size >= this.options.maxEntries) this.#entries.clear()
      this.#entries.set(key, { value, readAt })
    }
    return value
  }
}
