import type { DelivererLimits } from './deliverer-limits.js'
import type { Lane } from './lane.js'
import type { LaneMemory } from './lane-memory.js'
import type { LaneLook, LookRequest } from '../lanes/lanes.js'
import { Turnstile } from './turnstile.js'
import type { StoredEvent } from '../events/event.js'

export interface LaneReaderSurroundings {
  look(requests: LookRequest[]): Promise<{ looks: LaneLook[]; events: StoredEvent[] }>
  /** Whether the lane is this node's still, under the session under which it was taken. */
  isOurs(lane: Lane): boolean
  /** Of an organization's lanes, those that have something to send and only wait for their turn. */
  readyOf(organizationId: number): number
  /** What was read of lanes that are still ours. */
  seen(looks: readonly LaneLook[], events: ReadonlyMap<number, StoredEvent>): void
  /** These lanes may be sent from again, whatever came of the look. */
  looked(lanes: readonly Lane[]): void
  after(ms: number, callback: () => void): () => void
  report(error: unknown, what: string): void
}

/** After a look that failed. */
const againMs = 1_000

/** Reads what lanes have in the database, many lanes in one transaction, one transaction at a time; organizations take turns at it, as they do at sending. */
export class LaneReader {
  readonly #line = new Turnstile()
  /** Lanes that want to be read, lined up or not. */
  #waiting = 0
  #isLooking = false
  #isStopped = false
  readonly #hasEnough = (organizationId: number): boolean => this.around.readyOf(organizationId) >= this.limits.readyLanes

  constructor(private readonly around: LaneReaderSurroundings, private readonly memory: LaneMemory, private readonly limits: DelivererLimits) {}

  get waiting(): number { return this.#waiting }
  /** Of the lanes in line, those that could be read now. */
  get readable(): number { return this.#line.organizations.reduce((sum, id) => sum + (this.#hasEnough(id) ? 0 : this.#line.countOf(id)), 0) }
  /** Organizations that have enough to send, and lanes that are not read for that. */
  get satisfied(): number[] { return this.#line.organizations.filter(this.#hasEnough) }

  /** The lane is to be read: somebody wrote to it, something fell due, or memory has run low. One that leaves is not: whoever has it next reads it. */
  want(lane: Lane): void {
    if (lane.isLeaving || !this.around.isOurs(lane)) return
    if (!lane.wantsLook) this.#waiting++
    lane.wantsLook = true
    this.lineUp(lane)
  }

  /** One that must wait (for its settings, for what it gives back, or to be known to have stayed) lines up once it need not any more. */
  lineUp(lane: Lane): void {
    if (mayBeRead(lane)) this.#line.add(lane)
  }

  /** The lane is gone. */
  forget(lane: Lane): void {
    if (lane.wantsLook) this.#waiting--
    lane.wantsLook = false
  }

  /** All lanes are gone. */
  clear(): void {
    this.#waiting = 0
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Begins to read, unless it does already. */
  go(): void {
    if (this.#isLooking || this.#isStopped || this.#waiting === 0) return
    const { lanes, requests } = this.#take()
    if (lanes.length === 0) return
    this.#isLooking = true
    this.around.look(requests).then(({ looks, events }) => {
      const ours = new Set(lanes.filter((lane) => this.around.isOurs(lane)).map((lane) => lane.endpointId))
      for (const lane of lanes) lane.endLook(true)
      this.around.seen(looks.filter(({ endpointId }) => ours.has(endpointId)), new Map(events.map((event) => [event.id, event])))
    }, (error: unknown) => {
      this.around.report(error, 'Lanes could not be read.')
      for (const lane of lanes) lane.endLook(false)
      this.around.after(againMs, () => {
        for (const lane of lanes) this.want(lane)
        this.go()
      })
    }).finally(() => {
      this.#isLooking = false
      this.go()
      this.around.looked(lanes.filter((lane) => this.around.isOurs(lane)))
    })
  }

  /** The next lanes, as many as one transaction should read. */
  #take(): { lanes: Lane[]; requests: LookRequest[] } {
    const lanes: Lane[] = []
    const requests: LookRequest[] = []
    const waiting = this.#waiting
    let reads = 0
    for (let lane = this.#line.take(this.#hasEnough); lane !== undefined; lane = this.#line.take(this.#hasEnough)) {
      // What was read of one that is gone by then would be sent beside whoever has it.
      if (!mayBeRead(lane) || !this.around.isOurs(lane)) continue
      this.#waiting--
      lane.beginLook()
      const limit = lane.size + this.memory.readOf(lane, waiting)
      requests.push({ endpointId: lane.endpointId, ordered: lane.target?.ordered ?? false, limit })
      reads += limit
      if (lanes.push(lane) === this.limits.lookAtOnce || reads >= this.limits.readAtOnce) break
    }
    return { lanes, requests }
  }
}

function mayBeRead(lane: Lane): boolean {
  return lane.wantsLook && !lane.isLoading && !lane.isReturning && !lane.isLetGo
}
