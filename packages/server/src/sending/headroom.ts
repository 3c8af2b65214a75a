/** For how long one of the threads that every delivery needs has worked and rested so far, in milliseconds. */
export interface WorkTime { activeMs: number; idleMs: number }

export const headroomLimits = {
  /** While others publish, a backlog may keep a thread busy for so many times as long as it rests; less where a publish meets one after another … */
  activeTimesIdle: { ofOne: 1, ofSeveral: 0.8 },
  /** … in spells of this length. */
  spellMs: 4,
  /** Of a longer one, at most so much is to be rested for: others' bursts must not hold a backlog up for long after. */
  mostOwedMs: 100,
  /** However busy they are with what comes in, one of a backlog's deliveries begins this often. */
  oneEveryMs: 2,
  /** After an organization without a backlog has published, so long. */
  forMs: 10_000,
  /** Who begins more of what has waited than its part of so many, within so long, works off a backlog: a few retries are none. */
  few: { begun: 200, withinMs: 1_000 },
} as const

/**
 * Leaves a part of the event loop, and of the thread that writes, to those who publish. A backlog, which waits in the
 * database, takes all that a process has: then every step of another organization's delivery waits for a step of it.
 * While somebody else publishes, it is worked off with what they leave, and quickly gives way; when nobody does, nothing
 * holds it back.
 */
export class Headroom {
  readonly #begun = new Begun()
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
    if (this.#begun.areMany(organizationId, now)) return
    if (now >= this.#publisher.until) this.#last = this.workTimes()
    if (this.#publisher.organizationId !== organizationId) this.#publisherBefore = this.#publisher
    this.#publisher = { organizationId, until: now + headroomLimits.forMs }
  }

  /** Whether one of this organization's that has waited in the database may begin now. */
  allows(organizationId: number, now: number): boolean {
    const other = this.#publisher.organizationId === organizationId ? this.#publisherBefore : this.#publisher
    if (now >= other.until || !this.#begun.areMany(organizationId, now)) return true
    this.#account()
    return this.#owedMs.every((ms) => ms < headroomLimits.spellMs) || now - this.#lastBeganAt >= headroomLimits.oneEveryMs
  }

  /** One that has waited in the database begins. */
  began(organizationId: number, now: number): void {
    this.#begun.count(organizationId, now)
    this.#lastBeganAt = now
  }

  #account(): void {
    const times = this.workTimes()
    const activeTimesIdle = times.length > 1 ? headroomLimits.activeTimesIdle.ofSeveral : headroomLimits.activeTimesIdle.ofOne
    this.#owedMs = times.map(({ activeMs, idleMs }, i) => {
      const last = this.#last[i] ?? { activeMs, idleMs }
      const owedMs = (this.#owedMs[i] ?? 0) + (activeMs - last.activeMs) - (idleMs - last.idleMs) * activeTimesIdle
      return Math.min(Math.max(0, owedMs), headroomLimits.mostOwedMs)
    })
    this.#last = times
  }
}

/** What each organization has begun of late of what had waited: in the present half of the time that counts, and in the one before. */
class Begun {
  #present = new Map<number, number>()
  #before = new Map<number, number>()
  #since = 0

  count(organizationId: number, now: number): void {
    this.#keepTime(now)
    this.#present.set(organizationId, (this.#present.get(organizationId) ?? 0) + 1)
  }

  areMany(organizationId: number, now: number): boolean {
    this.#keepTime(now)
    const count = (this.#present.get(organizationId) ?? 0) + (this.#before.get(organizationId) ?? 0)
    return count > headroomLimits.few.begun / Math.max(1, this.#present.size, this.#before.size)
  }

  #keepTime(now: number): void {
    const [halfMs, passedMs] = [headroomLimits.few.withinMs / 2, now - this.#since]
    if (passedMs >= 0 && passedMs < halfMs) return
    this.#before = passedMs >= 0 && passedMs < 2 * halfMs ? this.#present : new Map()
    this.#present = new Map()
    this.#since = now
  }
}
