import { Turnstile } from './turnstile.js'
import type { Headroom } from './headroom.js'
import type { Item, Lane } from './lane.js'
import type { LaneMemory } from './lane-memory.js'

/** Whose lane sends next: first attempts before retries and replays, but not always; and whoever has much of the backlog gives way to others. */
export class SendingOrder {
  readonly #firsts = new Turnstile()
  readonly #agains = new Turnstile()
  /** Lanes with a backlog that give way just now. */
  readonly #resting = new Turnstile()
  #turn = 0

  constructor(private readonly memory: LaneMemory, private readonly headroom: Headroom) {}

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

  /** Whether this one of the lane's is to give way; then the lane rests, and comes back by itself. */
  givesWay(lane: Lane, { isFromDatabase }: Item, now: number): boolean {
    if (!isFromDatabase || this.#mayWorkOff(lane, now)) return false
    this.#resting.add(lane)
    return true
  }

  #wakeOne(now: number): void {
    const lane = this.#resting.take()
    if (lane === undefined) return
    if (this.#mayWorkOff(lane, now)) this.lineUp(lane)
    else this.#resting.add(lane)
  }

  /** Where everybody has a backlog, nobody gives way. */
  #mayWorkOff({ organizationId }: Lane, now: number): boolean {
    return !this.memory.hasMuch(organizationId) || this.headroom.allows(organizationId, now)
  }
}
