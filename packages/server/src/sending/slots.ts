import type { DelivererLimits } from './deliverer-limits.js'
import type { Lane } from './lane.js'
import type { Target } from '../attempts/target.js'

/** What attempts share: so many at once in all, for an organization, and to an origin; and so many that are not settled. */
export class Slots {
  #inFlight = 0
  #open = 0
  #started = 0
  #againInFlight = 0
  readonly #inFlightOf = new Map<number | string, number>()
  readonly #openOf = new Map<number, number>()
  readonly #parked = new Map<number | string, Set<Lane>>()

  constructor(private readonly limits: DelivererLimits) {}

  get inFlight(): number { return this.#inFlight }
  /** Attempts that have ever been started. */
  get started(): number { return this.#started }
  /** Attempts that have ended and are not settled. */
  get unsettled(): number { return this.#open - this.#inFlight }
  get isFull(): boolean { return this.#inFlight >= this.limits.maxInFlight || this.#open >= this.limits.maxOpen }
  /** Retries and replays leave some slots to first attempts. */
  get hasRoomForAgain(): boolean { return this.#againInFlight < this.limits.maxInFlight * this.limits.againShare }

  /**
   * Takes a slot for an attempt to this target, or parks its lane behind whatever has its fill. An organization may hold as
   * many slots as are still free, so one alone gets half, and however many hang, some are left for the next; and it may have
   * some times as many open as still may be. An origin has a fixed number of connections.
   */
  take(lane: Lane, target: Target, isAgain: boolean): boolean {
    const crowded = this.#crowded(target)
    if (crowded === undefined) {
      this.#started++
      this.#count(target, isAgain, 1)
      this.#countOpen(target.organizationId, 1)
      return true
    }
    const waiting = this.#parked.get(crowded)
    if (waiting === undefined) this.#parked.set(crowded, new Set([lane]))
    else waiting.add(lane)
    return false
  }

  /** Frees a slot, and gives the lanes that waited for just that. The attempt stays open until it is settled. */
  free(target: Target, isAgain: boolean): Lane[] {
    this.#count(target, isAgain, -1)
    return [target.organizationId, target.origin].flatMap((key) => this.#unpark(key))
  }

  /** An attempt that has ended is settled, or is nobody's any more; gives the lanes that waited for that. */
  settled(organizationId: number): Lane[] {
    this.#countOpen(organizationId, -1)
    return this.#unpark(organizationId)
  }

  /** Of an organization's lanes, those that wait because it has its fill. */
  parkedOf(organizationId: number): number { return this.#parked.get(organizationId)?.size ?? 0 }

  forgetParked(): void {
    this.#parked.clear()
  }

  #crowded(target: Target): number | string | undefined {
    const free = this.limits.maxInFlight - this.#inFlight
    if ((this.#inFlightOf.get(target.organizationId) ?? 0) >= Math.max(8, free)) return target.organizationId
    if ((this.#openOf.get(target.organizationId) ?? 0) >= Math.max(8, (this.limits.maxOpen - this.#open) * this.limits.openTimesFree)) return target.organizationId
    if ((this.#inFlightOf.get(target.origin) ?? 0) >= this.limits.maxPerOrigin) return target.origin
    return undefined
  }

  #count(target: Target, isAgain: boolean, change: 1 | -1): void {
    this.#inFlight += change
    if (isAgain) this.#againInFlight += change
    countBy(this.#inFlightOf, target.organizationId, change)
    countBy(this.#inFlightOf, target.origin, change)
  }

  #countOpen(organizationId: number, change: 1 | -1): void {
    this.#open += change
    countBy(this.#openOf, organizationId, change)
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

function countBy<Key>(counts: Map<Key, number>, key: Key, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
