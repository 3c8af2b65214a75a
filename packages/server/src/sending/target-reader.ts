import type { Lane } from './lane.js'
import type { Target } from '../attempts/target.js'

export interface TargetReaderSurroundings {
  load(endpointIds: number[]): Promise<Target[]>
  /** Whether the lane is this node's still, under the session under which it was taken. */
  isOurs(lane: Lane): boolean
  /** The settings of a lane's endpoint, or none where it is no longer there. */
  loaded(lane: Lane, target: Target | undefined): void
  /** Lanes may be sent from or read that could not be before. */
  goOn(): void
  after(ms: number, callback: () => void): () => void
  report(error: unknown, what: string): void
}

/** After a load that failed. */
const againMs = 1_000

/** Loads the settings of lanes' endpoints, of many in one query, one query at a time. */
export class TargetReader {
  readonly #wanting = new Set<Lane>()
  #isLoading = false

  constructor(private readonly around: TargetReaderSurroundings) {}

  /** The lane needs its endpoint's present settings; until it has them, it is not read. */
  want(lane: Lane): void {
    lane.isLoading = true
    this.#wanting.add(lane)
  }

  /** All lanes are gone. */
  clear(): void {
    this.#wanting.clear()
  }

  /** Begins to load, unless it does already. */
  go(): void {
    if (this.#isLoading || this.#wanting.size === 0) return
    this.#isLoading = true
    const lanes = [...this.#wanting]
    this.#wanting.clear()
    this.around.load(lanes.map((lane) => lane.endpointId)).then((targets) => {
      const byId = new Map(targets.map((target) => [target.endpointId, target]))
      for (const lane of lanes) if (this.around.isOurs(lane)) this.around.loaded(lane, byId.get(lane.endpointId))
    }, (error: unknown) => {
      this.around.report(error, 'Endpoints could not be loaded.')
      this.around.after(againMs, () => {
        for (const lane of lanes) if (this.around.isOurs(lane)) this.#wanting.add(lane)
        this.go()
      })
    }).finally(() => {
      this.#isLoading = false
      this.go()
      this.around.goOn()
    })
  }
}
