/**
 * Where to look for free lanes that are due, in the order of the instant from which each is due. Rows that were taken
 * leave their entries in the index for as long as somebody reads an old snapshot, and who began at its edge would step over
 * all of them, each time longer. So the next search begins near where the last one ended; and now and then at the edge,
 * for what a transaction that took very long has left behind.
 */
export class LaneSearch {
  #from = 0
  #wholeAt = -Infinity
  /** By the database's clock, when the last search was. */
  #now = 0
  /** The organization that had the last turn; the next begins behind it. */
  lastTurn = 0

  /** The earliest instant to look at. */
  get from(): number {
    return this.#now - this.#wholeAt >= wholeEveryMs ? 0 : this.#from
  }

  /** A search from `from` has found all before `until`, at `now`. */
  searched({ from, until, now }: { from: number; until: number; now: number }): void {
    if (from === 0) this.#wholeAt = now
    this.#now = now
    this.#from = Math.max(0, until - slackMs)
  }
}

/** A lane is never woken for an instant that has passed, but what wakes it may be committed so much later. Each second costs stepping over what was taken in it. */
const slackMs = 5_000
const wholeEveryMs = 60_000
