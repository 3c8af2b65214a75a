import type { DelivererLimits } from './deliverer-limits.js'
import type { Item, Lane } from './lane.js'

/**
 * What deliveries may take of a node's memory. A slow endpoint fills its own lane only, and the fuller memory is, the less
 * a lane may have of it: however many endpoints hang, some is left for the others. What is over waits in the database.
 */
export class LaneMemory {
  #items = 0
  /** Of them, those that were handed over and wait nowhere else. */
  #handed = 0
  /** Those that were read, by organization. */
  readonly #readOf = new Map<number, number>()
  #bytes = 0
  readonly #full = new Set<Lane>()
  readonly #behind = new Set<Lane>()

  constructor(private readonly limits: DelivererLimits) {}

  /**
   * How many more deliveries memory may be handed. Some of it is for them alone: where a backlog fills the rest, what
   * others publish would have to be written down, woken for and read behind all of that.
   */
  get room(): number {
    return this.#bytes > this.limits.maxBytes ? 0 : Math.max(0, this.limits.maxItems - this.#items, this.limits.handedItems - this.#handed)
  }

  /** Lanes that have as much in memory as they may. */
  get fullLanes(): number[] { return [...this.#full].map((lane) => lane.endpointId) }

  /** Takes a delivery in, unless its lane has it already. */
  add(lane: Lane, item: Item): void {
    if (!lane.add(item)) return
    this.#items++
    this.#count(item, 1)
    this.#bytes += item.event.data.length
    lane.bytes += item.event.data.length
    if (lane.size >= this.#laneCap || lane.bytes >= this.limits.maxLaneBytes) {
      this.#full.add(lane)
      this.setBehind(lane, true)
    }
  }

  /** It stays in its lane, and waits in the database from now on. */
  writtenDown(item: Item): Item {
    this.#count(item, -1)
    const written = { ...item, isFromDatabase: true }
    this.#count(written, 1)
    return written
  }

  /** Whether much of the backlog that was read is this organization's: then it is that one's matter, and not everybody's. */
  hasMuch(organizationId: number): boolean {
    return (this.#readOf.get(organizationId) ?? 0) > (this.#items - this.#handed) * this.limits.muchOfBacklog
  }

  /** The delivery is no longer in its lane. */
  remove(lane: Lane, item: Item, lanesWaiting: number): void {
    this.#items--
    this.#count(item, -1)
    this.#bytes -= item.event.data.length
    lane.bytes -= item.event.data.length
    if (lane.size <= this.lowWater(lanesWaiting)) this.#full.delete(lane)
  }

  /** The database holds more for the lane than memory. */
  setBehind(lane: Lane, isBehind: boolean): void {
    lane.isBehind = isBehind
    if (isBehind) this.#behind.add(lane)
    else this.#behind.delete(lane)
  }

  /** How many deliveries a look at a lane reads, while so many lanes wait for one. */
  readPerLook(lanesWaiting: number): number {
    const { least, most, ofAllLanes } = this.limits.readPerLook
    const share = Math.floor(ofAllLanes / Math.max(1, this.#behind.size, lanesWaiting))
    const room = Math.floor((this.limits.maxItems - this.#items) / this.limits.lookAtOnce)
    return Math.max(least, Math.min(most, share, room))
  }

  /**
   * The same for one lane. Of whoever has little of the backlog a look reads more than is published until the next: else
   * its lane would stay behind, and all that comes would be written down and read behind the others' for as long as they are many.
   */
  readOf(lane: Lane, lanesWaiting: number): number {
    const read = this.readPerLook(lanesWaiting)
    return this.hasMuch(lane.organizationId) ? read : Math.max(read, this.limits.readPerLook.ofLittle)
  }

  /** A lane with a backlog that has less than this in memory reads more. */
  lowWater(lanesWaiting: number): number {
    return Math.ceil(this.readPerLook(lanesWaiting) / 4)
  }

  forget(lane: Lane): void {
    this.#behind.delete(lane)
    this.#full.delete(lane)
  }

  clear(): void {
    this.#items = 0
    this.#handed = 0
    this.#readOf.clear()
    this.#bytes = 0
    this.#full.clear()
    this.#behind.clear()
  }

  #count({ isFromDatabase, event: { organizationId } }: Item, change: 1 | -1): void {
    if (!isFromDatabase) {
      this.#handed += change
      return
    }
    const count = (this.#readOf.get(organizationId) ?? 0) + change
    if (count === 0) this.#readOf.delete(organizationId)
    else this.#readOf.set(organizationId, count)
  }

  get #laneCap(): number {
    return Math.min(this.limits.maxLaneItems, Math.max(this.limits.leastLaneItems, Math.floor((this.limits.maxItems - this.#items) / 4)))
  }
}
