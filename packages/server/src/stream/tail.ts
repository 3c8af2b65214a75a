export interface TailPartners<Item extends { id: number }> {
  /** What is older was before anybody listened. */
  since: number
  instantOf(item: Item): number
  /** The newest, newest first. */
  read(limit: number): Promise<Item[]>
  tell(item: Item): void
  /** Before a read: whether anybody would hear of it. */
  prepare?: () => Promise<boolean>
}

export const tailLimits = { everyMs: 100, atOnce: 500 } as const

/** Reads what was added to the end of a list since the last look, however often it is told to look. */
export class Tail<Item extends { id: number }> {
  readonly #partners: TailPartners<Item>
  #lastId = 0
  #isReading = false
  #again = false

  constructor(partners: TailPartners<Item>) {
    this.#partners = partners
  }

  moved(): void {
    if (this.#isReading) this.#again = true
    else void this.#look()
  }

  async #look(): Promise<void> {
    this.#isReading = true
    try {
      const { prepare, read, since, instantOf, tell } = this.#partners
      if (prepare === undefined || await prepare()) {
        const found = await read(tailLimits.atOnce)
        for (const item of found.filter((item) => item.id > this.#lastId && instantOf(item) >= since).reverse()) tell(item)
        this.#lastId = Math.max(this.#lastId, found[0]?.id ?? 0)
      }
    } catch {
      // A live view loses a line while the database is away, which everybody else is told.
    }
    setTimeout(() => {
      this.#isReading = false
      if (!this.#again) return
      this.#again = false
      void this.#look()
    }, tailLimits.everyMs).unref()
  }
}
