/** Which lane is due first: a binary heap. An entry is not moved when a lane's time changes; a stale one is passed over by whoever asks. */
export class DueTimes {
  readonly #entries: { at: number; id: number }[] = []

  get earliest(): number | undefined { return this.#entries[0]?.at }

  add(at: number, id: number): void {
    const entries = this.#entries
    let i = entries.push({ at, id }) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if ((entries[parent] as { at: number }).at <= at) break
      this.#swap(i, parent)
      i = parent
    }
  }

  /** Takes out everything that is due by `now`. */
  takeDue(now: number): { at: number; id: number }[] {
    const due: { at: number; id: number }[] = []
    while ((this.earliest ?? Infinity) <= now) due.push(this.#takeFirst())
    return due
  }

  #takeFirst(): { at: number; id: number } {
    const entries = this.#entries
    const first = entries[0] as { at: number; id: number }
    const last = entries.pop() as { at: number; id: number }
    if (entries.length > 0) {
      entries[0] = last
      let i = 0
      for (;;) {
        const left = 2 * i + 1
        if (left >= entries.length) break
        const right = left + 1
        const child = right < entries.length && (entries[right] as { at: number }).at < (entries[left] as { at: number }).at ? right : left
        if ((entries[child] as { at: number }).at >= (entries[i] as { at: number }).at) break
        this.#swap(i, child)
        i = child
      }
    }
    return first
  }

  #swap(a: number, b: number): void {
    const entries = this.#entries
    const entry = entries[a] as { at: number; id: number }
    entries[a] = entries[b] as { at: number; id: number }
    entries[b] = entry
  }
}
