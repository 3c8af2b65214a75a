/** For how long one of the threads that every delivery needs has worked and rested so far, in milliseconds. */
export interface WorkTime { activeMs: number; idleMs: number }

export const headroomLimits = {
  /** While others publish, a backlog may keep a thread busy for so many times as long as it rests … */
  activeTimesIdle: 2,
  /** … in spells of this length. */
  spellMs: 4,
  /** Of a longer one, at most so much is to be rested for: others' bursts must not hold a backlog up for long after. */
  mostOwedMs: 100,
  /** However busy they are with what comes in, one of a backlog's deliveries begins this often. */
  oneEveryMs: 2,
  /** After an organization without a backlog has published, so long. */
  forMs: 10_000,
} as const

/**
 * Leaves a part of the event loop, and of the thread that writes, to those who publish. A backlog, which waits in the
 * database, takes all that a process has: then every step of another organization's delivery waits for a step of it.
 * While somebody else publishes, it is worked off with what they leave, and quickly gives way; when nobody does, nothing
 * holds it back.
 */
export class Headroom {
  readonly #workedOffAt = new Map<number, number>()
  /** Who published last, and which other before that; until when each is to find room. */
  #publisher = { organizationId: 0, until: 0 }
  #publisherBefore = { organizationId: 0, until: 0 }
  /** Of each thread, how much it has yet to rest, times what it may work meanwhile. */
  #owedMs: number[] = []
  #last: readonly WorkTime[] = []
  #lastBeganAt = 0

  constructor(private readonly workTimes: () => readonly WorkTime[]) {}

  /** An organization has something new to be sent at once. For one that is working off a backlog itself, no room is kept. */
  published(organizationId: number, now: number): void {
    const workedOffAt = this.#workedOffAt.get(organizationId)
    if (workedOffAt !== undefined && now - workedOffAt < headroomLimits.forMs) return
    if (now >= this.#publisher.until) this.#last = this.workTimes()
    if (this.#publisher.organizationId !== organizationId) this.#publisherBefore = this.#publisher
    this.#publisher = { organizationId, until: now + headroomLimits.forMs }
  }

  /** Whether one of this organization's that has waited in the database may begin now. */
  allows(organizationId: number, now: number): boolean {
    const other = this.#publisher.organizationId === organizationId ? this.#publisherBefore : this.#publisher
    if (now >= other.until) return true
    this.#account()
    return this.#owedMs.every((ms) => ms < headroomLimits.spellMs) || now - this.#lastBeganAt >= headroomLimits.oneEveryMs
  }

  /** One that has waited in the database begins. */
  began(organizationId: number, now: number): void {
    this.#workedOffAt.set(organizationId, now)
    this.#lastBeganAt = now
  }

  #account(): void {
    const times = this.workTimes()
    this.#owedMs = times.map(({ activeMs, idleMs }, i) => {
      const last = this.#last[i] ?? { activeMs, idleMs }
      const owedMs = (this.#owedMs[i] ?? 0) + (activeMs - last.activeMs) - (idleMs - last.idleMs) * headroomLimits.activeTimesIdle
      return Math.min(Math.max(0, owedMs), headroomLimits.mostOwedMs)
    })
    this.#last = times
  }
}
