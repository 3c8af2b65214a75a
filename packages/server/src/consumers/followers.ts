/** Remembers for some seconds which organizations have consumers at all, so that a stream of publishes costs the others nothing. */
export class Followers {
  readonly #known = new Map<number, { follows: boolean; readAt: number }>()

  constructor(private readonly around: { following(organizations: readonly number[]): Promise<readonly number[]>; now(): number }) {}

  /** Those that have any. One that has got its first meanwhile is found when all are looked at. */
  async among(organizations: readonly number[]): Promise<number[]> {
    const now = this.around.now()
    const unknown = organizations.filter((id) => now - (this.#known.get(id)?.readAt ?? -Infinity) >= maxAgeMs)
    if (unknown.length > 0) {
      if (this.#known.size + unknown.length > maxKnown) this.#known.clear()
      const following = new Set(await this.around.following(unknown))
      for (const id of unknown) this.#known.set(id, { follows: following.has(id), readAt: now })
    }
    return organizations.filter((id) => this.#known.get(id)?.follows !== false)
  }
}

const maxAgeMs = 5_000
const maxKnown = 100_000
