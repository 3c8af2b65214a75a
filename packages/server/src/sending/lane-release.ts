import type { DelivererLimits } from './deliverer-limits.js'
import type { Lane } from './lane.js'

/** Lanes that this node lets go of: those that were idle for long, or must go; each in a turn, and gone once that has committed. */
export class LaneRelease {
  readonly #mayGo = new Set<Lane>()
  readonly #letGo = new Set<Lane>()

  /** `isHeld`: it is among this node's lanes still. */
  constructor(private readonly limits: Pick<DelivererLimits, 'releaseAtOnce'>, private readonly isHeld: (lane: Lane) => boolean) {}

  /** There are lanes to let go of. */
  get isWanted(): boolean { return this.#mayGo.size > 0 }

  /** It goes in one of the next turns, if it is idle then. */
  add(lane: Lane): void {
    this.#mayGo.add(lane)
  }

  /** The lanes to let go of in the turn that begins now. */
  begin(): number[] {
    for (const lane of this.#mayGo) {
      if (this.#letGo.size >= this.limits.releaseAtOnce) break
      this.#mayGo.delete(lane)
      if (!lane.isIdle || !this.isHeld(lane)) continue
      lane.isLetGo = true
      this.#letGo.add(lane)
    }
    return [...this.#letGo].map((lane) => lane.endpointId)
  }

  /** That turn is over; of its lanes only these went. */
  end(endpointIds: readonly number[]): { gone: Lane[]; stayed: Lane[] } {
    const went = new Set(endpointIds)
    const lanes = [...this.#letGo]
    this.#letGo.clear()
    for (const lane of lanes) lane.isLetGo = false
    return { gone: lanes.filter((lane) => went.has(lane.endpointId)), stayed: lanes.filter((lane) => !went.has(lane.endpointId)) }
  }

  clear(): void {
    this.#mayGo.clear()
    this.#letGo.clear()
  }
}
