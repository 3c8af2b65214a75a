interface Entry { at: number; id: number }

/** One timer for whatever is due first: a retry, a rate limit, the head of an ordered lane. */
export class DueTimer {
  readonly #times = new DueTimes()
  #callOff: (() => void) | undefined
  #setFor = Infinity
  #isStopped = false

  constructor(private readonly around: { now(): number; after(ms: number, callback: () => void): () => void; due(ids: readonly number[]): void }) {}

  /** `due` is told of it then. It may be told of what was given up since: whoever asks passes it over. */
  add(at: number, id: number): void {
    this.#times.add(at, id)
    this.#set()
  }

  stop(): void {
    this.#isStopped = true
    this.#callOff?.()
  }

  #set(): void {
    const earliest = this.#times.earliest
    if (this.#isStopped || earliest === undefined || earliest >= this.#setFor) return
    this.#callOff?.()
    this.#setFor = earliest
    this.#callOff = this.around.after(Math.max(0, earliest - this.around.now()), () => {
      this.#setFor = Infinity
      this.#callOff = undefined
      this.around.due(this.#times.takeDue(this.around.now()).map(({ id }) => id))
      this.#set()
    })
  }
}

/** Which lane is due first: a binary heap. An entry is not moved when a lane's time changes; a stale one is passed over by whoever asks. */
class DueTimes {
  readonly #entries: Entry[] = []

  get earliest(): number | undefined { return this.#entries[0]?.at }

  add(at: number, id: number): void {
    const entries = this.#entries
    let i = entries.push({ at, id }) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if ((entries[parent] as Entry).at <= at) break
      this.#swap(i, parent)
      i = parent
    }
  }

  /** Takes out everything that is due by `now`. */
  takeDue(now: number): Entry[] {
    const due: Entry[] = []
    while ((this.earliest ?? Infinity) <= now) due.push(this.#takeFirst())
    return due
  }

  #takeFirst(): Entry {
    const entries = this.#entries
    const first = entries[0] as Entry
    const last = entries.pop() as Entry
    if (entries.length > 0) {
      entries[0] = last
      let i = 0
      for (;;) {
        const left = 2 * i + 1
        if (left >= entries.length) break
        const right = left + 1
        const child = right < entries.length && (entries[right] as Entry).at < (entries[left] as Entry).at ? right : left
        if ((entries[child] as Entry).at >= (entries[i] as Entry).at) break
        this.#swap(i, child)
        i = child
      }
    }
    return first
  }

  #swap(a: number, b: number): void {
    const entries = this.#entries
    const entry = entries[a] as Entry
    entries[a] = entries[b] as Entry
    entries[b] = entry
  }
}
