/** How long a connection lives at most. With it goes whatever its server has prepared, under names that nobody uses any more too. */
export const connectionLivesMs = 3_600_000

interface Known { name: string; usedAt: number }

/** Names under which a connection's server keeps statements, so that it parses each of them once and not each time. */
export class StatementNames {
  readonly #known = new Map<string, Known>()
  readonly #seen = new Set<string>()
  #given = 0

  /** `now`: milliseconds that have passed. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Undefined for a text that has not come before: a list with filters that nobody asks for again is not worth keeping. */
  of(text: string): string | undefined {
    const known = this.#known.get(text)
    if (known !== undefined) {
      known.usedAt = this.now()
      return known.name
    }
    if (this.#seen.delete(text) && this.#hasRoom()) {
      const name = `posthorn_${++this.#given}`
      this.#known.set(text, { name, usedAt: this.now() })
      return name
    }
    if (this.#seen.size >= mostNames) this.#seen.clear()
    this.#seen.add(text)
    return undefined
  }

  /** What nobody has said for as long as a connection lives makes room: some texts are others with every week that passes. */
  #hasRoom(): boolean {
    if (this.#known.size < mostNames) return true
    const unusedSince = this.now() - connectionLivesMs
    for (const [text, { usedAt }] of this.#known) if (usedAt < unusedSince) this.#known.delete(text)
    return this.#known.size < mostNames
  }
}

/** All that the engine says again and again is some hundred texts; each costs every connection's server some 20 KB. */
const mostNames = 300
