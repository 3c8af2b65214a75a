import type { Member, News, Wakeup } from './wakeup.js'

/** Where one process has the database to itself: whoever is told is called. */
export class InProcessWakeup implements Wakeup {
  readonly isHeard = true
  readonly #members = new Set<(news: News) => void>()
  readonly #further: (news: News) => void

  /** `further`: takes on what is meant for other processes. */
  constructor(further: (news: News) => void = () => {}) {
    this.#further = further
  }

  join(hear: (news: News) => void): Member {
    this.#members.add(hear)
    return {
      tell: (news, whom) => {
        this.hear(news, hear)
        if (whom === 'everybody') this.#further(news)
      },
      leave: () => { this.#members.delete(hear) },
    }
  }

  /** Tells all of this process, but for whoever said it. */
  hear(news: News, from?: (news: News) => void): void {
    for (const member of this.#members) if (member !== from) member(news)
  }

  async close(): Promise<void> {
    this.#members.clear()
  }
}
