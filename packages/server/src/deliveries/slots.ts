import type { DelivererLimits } from './deliverer-limits.js'
import type { Lane } from './lane.js'
import type { Target } from './target.js'

/** What attempts share: so many at once in all, for an organization, and to an origin. */
export class Slots {
  #inFlight = 0
  #againInFlight = 0
  readonly #inFlightOf = new Map<number | string, number>()
  readonly #parked = new Map<number | string, Set<Lane>>()

  constructor(private readonly limits: DelivererLimits) {}

  get inFlight(): number { return this.#inFlight }
  get isFull(): boolean { return this.#inFlight >= this.limits.maxInFlight }
  /** Retries and replays leave some slots to first attempts. */
  get hasRoomForAgain(): boolean { return this.#againInFlight < this.limits.maxInFlight * this.limits.againShare }

  /**
   * Takes a slot for an attempt to this target, or parks its lane behind whatever has its fill. An organization may hold as
   * many slots as are still free, so one alone gets half, and however many hang, some are left for the next; an origin has a
   * fixed number of connections.
   */
  take(lane: Lane, target: Target, isAgain: boolean): boolean {
    const crowded = this.#crowded(target)
    if (crowded === undefined) {
      this.#count(target, isAgain, 1)
      return true
    }
    const waiting = this.#parked.get(crowded)
    if (waiting === undefined) this.#parked.set(crowded, new Set([lane]))
    else waiting.add(lane)
    return false
  }

  /** Frees a slot, and gives the lanes that waited for just that. */
  free(target: Target, isAgain: boolean): Lane[] {
    this.#count(target, isAgain, -1)
    return [target.organizationId, target.origin].flatMap((key) => this.#unpark(key))
  }

  forgetParked(): void {
    this.#parked.clear()
  }

  #crowded(target: Target): number | string | undefined {
    const free = this.limits.maxInFlight - this.#inFlight
    if ((this.#inFlightOf.get(target.organizationId) ?? 0) >= Math.max(8, free)) return target.organizationId
    if ((this.#inFlightOf.get(target.origin) ?? 0) >= this.limits.maxPerOrigin) return target.origin
    return undefined
  }

  #count(target: Target, isAgain: boolean, change: 1 | -1): void {
    this.#inFlight += change
    if (isAgain) this.#againInFlight += change
    for (const key of [target.organizationId, target.origin]) {
      const count = (this.#inFlightOf.get(key) ?? 0) + change
      if (count === 0) this.#inFlightOf.delete(key)
      else this.#inFlightOf.set(key, count)
    }
  }

  #unpark(key: number | string): Lane[] {
    const waiting = this.#parked.get(key)
    if (waiting === undefined) return []
    const [lane] = waiting
    if (lane !== undefined) waiting.delete(lane)
    if (waiting.size === 0) this.#parked.delete(key)
    return lane === undefined ? [] : [lane]
  }
}
