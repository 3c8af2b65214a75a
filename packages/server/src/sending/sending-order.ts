import { Turnstile } from './turnstile.js'
import type { Headroom } from './headroom.js'
import type { Item, Lane } from './lane.js'

/** Whose lane sends next: first attempts before retries and replays, but not always; and whoever works off a backlog gives way to others. */
export class SendingOrder {
  readonly #firsts = new Turnstile()
  readonly #agains = new Turnstile()
  /** Lanes with a backlog that give way just now. */
  readonly #resting = new Turnstile()
  #turn = 0

  constructor(private readonly headroom: Headroom) {}

  get hasResting(): boolean { return !this.#resting.isEmpty }

  /** Lines a lane up wherever it has something to send; whether it may is asked when its turn comes. */
  lineUp(lane: Lane): void {
    if (lane.target === undefined) return
    if (lane.fresh.length > 0) this.#firsts.add(lane)
    if (lane.again.length > 0) this.#agains.add(lane)
  }

  /** Takes the next lane out of its line, and tells which of its deliveries is to be preferred. */
  next(now: number, { hasRoomForAgain }: { hasRoomForAgain: boolean }): { lane: Lane; preferAgain: boolean } | undefined {
    this.#wakeOne(now)
    const mayRetry = !this.#agains.isEmpty && hasRoomForAgain
    const preferAgain = mayRetry && (this.#firsts.isEmpty || this.#turn++ % 4 === 0)
    const lane = (preferAgain ? this.#agains : this.#firsts).take()
    return lane === undefined ? undefined : { lane, preferAgain }
  }

  /** An organization has something new to be sent at once. */
  published(organizationId: number, now: number): void {
    this.headroom.published(organizationId, now)
  }

  /** One of the lane's begins. */
  began({ organizationId }: Lane, { isFromDatabase }: Item, now: number): void {
    if (isFromDatabase) this.headroom.began(organizationId, now)
  }

  /** Of an organization's lanes, those that stand in line or give way. */
  readyOf(organizationId: number): number {
    return this.#firsts.countOf(organizationId) + this.#agains.countOf(organizationId) + this.#resting.countOf(organizationId)
  }

  /** Whether this one of the lane's is to give way; then the lane rests, and comes back by itself. */
  givesWay(lane: Lane, { isFromDatabase }: Item, now: number): boolean {
    if (!isFromDatabase || this.headroom.allows(lane.organizationId, now)) return false
    this.#resting.add(lane)
    return true
  }

  #wakeOne(now: number): void {
    const lane = this.#resting.take()
    if (lane === undefined) return
    if (this.headroom.allows(lane.organizationId, now)) this.lineUp(lane)
    else this.#resting.add(lane)
  }
}
