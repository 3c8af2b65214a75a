/** Refusals in a row that make an alert. */
const alarming = 10
/** Whoever has been told need not be told again for so long, whatever strangers send. */
const quietMs = 3_600_000

/**
 * Notices a source that refuses everything: a secret that was changed at the provider, a URL that is another one. One
 * accepted request says that it works, however much garbage comes beside it.
 */
export class RefusalWatch {
  readonly #streaks = new Map<number, { count: number; since: number; isTold: boolean }>()
  readonly #raisedAt = new Map<number, number>()

  accepted(sourceId: number): void {
    this.#streaks.delete(sourceId)
  }

  /** What to tell, if this refusal is the one that makes it a cause: said once. */
  refused(sourceId: number, now: number): { count: number; since: number } | undefined {
    const streak = this.#streaks.get(sourceId) ?? { count: 0, since: now, isTold: false }
    streak.count++
    this.#streaks.set(sourceId, streak)
    if (streak.isTold || streak.count < alarming || now - (this.#raisedAt.get(sourceId) ?? -quietMs) < quietMs) return undefined
    streak.isTold = true
    this.#raisedAt.set(sourceId, now)
    return { count: streak.count, since: streak.since }
  }
}
