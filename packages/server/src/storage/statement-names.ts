/** Names under which a connection's server keeps statements, so that it parses each of them once and not each time. */
export class StatementNames {
  readonly #names = new Map<string, string>()
  readonly #seen = new Set<string>()

  /** Undefined for a text that has not come before: a list with filters that nobody asks for again is not worth keeping. */
  of(text: string): string | undefined {
    const name = this.#names.get(text)
    if (name !== undefined || this.#names.size >= mostNames) return name
    if (this.#seen.delete(text)) {
      const given = `posthorn_${this.#names.size + 1}`
      this.#names.set(text, given)
      return given
    }
    if (this.#seen.size >= mostNames) this.#seen.clear()
    this.#seen.add(text)
    return undefined
  }
}

/** All that the engine says again and again is some hundred texts; each costs every connection's server some 20 KB. */
const mostNames = 300
