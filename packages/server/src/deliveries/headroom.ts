/** For how long the event loop has worked and rested so far, in milliseconds. */
export interface LoopTime { activeMs: number; idleMs: number }

export const headroomLimits = {
  /** While others publish, a backlog may keep the event loop busy for so many times as long as it rests … */
  activeTimesIdle: 2,
  /** … in spells of this length at most. */
  spellMs: 4,
  /** However busy the loop is with what comes in, one of a backlog's deliveries begins this often. */
  oneEveryMs: 2,
  /** After an organization without a backlog has published, so long. */
  forMs: 10_000,
} as const

/**
 * Leaves a part of the event loop to those who publish. A backlog, which waits in the database, takes all that a process
 * has: then every step of another organization's delivery waits for a step of it. While somebody else publishes, it is
 * worked off with what they leave, and quickly gives way; when nobody does, nothing holds it back.
 */
export class Headroom {
  readonly #workedOffAt = new Map<number, number>()
  /** Who published last, and which other before that; until when each is to find room. */
  #publisher = { organizationId: 0, until: 0 }
  #publisherBefore = { organizationId: 0, until: 0 }
  #owedMs = 0
  #last: LoopTime
  #lastBeganAt = 0

  constructor(private readonly loop: () => LoopTime) {
    this.#last = loop()
  }

  /** An organization has something new to be sent at once. For one that is working off a backlog itself, no room is kept. */
  published(organizationId: number, now: number): void {
    const workedOffAt = this.#workedOffAt.get(organizationId)
    if (workedOffAt !== undefined && now - workedOffAt < headroomLimits.forMs) return
    if (now >= this.#publisher.until) this.#last = this.loop()
    if (this.#publisher.organizationId !== organizationId) this.#publisherBefore = this.#publisher
    this.#publisher = { organizationId, until: now + headroomLimits.forMs }
  }

  /** Whether one of this organization's that has waited in the database may begin now. */
  allows(organizationId: number, now: number): boolean {
    const other = this.#publisher.organizationId === organizationId ? this.#publisherBefore : this.#publisher
    if (now >= other.until) return true
    this.#account()
    return this.#owedMs < headroomLimits.spellMs || now - this.#lastBeganAt >= headroomLimits.oneEveryMs
  }

  /** One that has waited in the database begins. */
  began(organizationId: number, now: number): void {
    this.#workedOffAt.set(organizationId, now)
    this.#lastBeganAt = now
  }

  #account(): void {
    const { activeMs, idleMs } = this.loop()
    const owedMs = this.#owedMs + (activeMs - this.#last.activeMs) - (idleMs - this.#last.idleMs) * headroomLimits.activeTimesIdle
    // More is forgiven: a burst of others' must not hold a backlog up for long after.
    this.#owedMs = Math.min(Math.max(0, owedMs), 2 * headroomLimits.spellMs)
    this.#last = { activeMs, idleMs }
  }
}
