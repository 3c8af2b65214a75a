import { deliveryId, type DeliveryKey } from '../ids/public-id.js'
import { publicEventId, type Format } from '../formats/format.js'
import { conclude } from './conclude.js'
import { delivererLimits, type DelivererLimits } from './deliverer-limits.js'
import { deliveryStates, type Next } from '../deliveries/delivery.js'
import { DueTimer } from './due-times.js'
import { Headroom, headroomLimits, type WorkTime } from './headroom.js'
import { LaneMemory } from './lane-memory.js'
import { Lane, type Item } from './lane.js'
import { LaneReader } from './lane-reader.js'
import { LaneRelease } from './lane-release.js'
import { SendingOrder } from './sending-order.js'
import { Slots } from './slots.js'
import { renderRequest, type Target } from '../attempts/target.js'
import { TargetReader } from './target-reader.js'
import type { AttemptRequest, AttemptResult } from '../attempts/attempt.js'
import type { LaneLook, LookRequest } from '../lanes/lanes.js'
import type { Settlement } from '../deliveries/settle.js'
import type { Dispatched, Handed } from '../dispatch/dispatch.js'
import type { StoredEvent } from '../events/event.js'

/** What the deliverer needs of the world; the engine gives it. */
export interface DelivererSurroundings {
  now(): number
  random(): number
  after(ms: number, callback: () => void): () => void
  /** Calls back once what lies ready to be read just now has been. */
  soon(callback: () => void): void
  /** Of the threads that every delivery needs. */
  workTimes(): readonly WorkTime[]
  send(request: AttemptRequest, done: (result: AttemptResult) => void): void
  format(id: number): Format | undefined
  loadTargets(endpointIds: number[]): Promise<Target[]>
  look(requests: LookRequest[]): Promise<{ looks: LaneLook[]; events: StoredEvent[] }>
  returnToWaiting(items: readonly DeliveryKey[], delayMs: number): Promise<void>
  /** There is something to settle. */
  wantSettling(): void
  /** There are lanes to let go of. */
  wantRelease(): void
  /** Whether what is in memory is surely still this node's to send. */
  mayStart(): boolean
  /** An attempt has ended; for the log and the metrics. */
  observe(observed: ObservedAttempt): void
  /** Something of ours went wrong. */
  report(error: unknown, what: string): void
  userAgent: string
}

export interface ObservedAttempt {
  organization: string
  endpointId: number
  eventId: string
  deliveryId: string
  eventType: string
  number: number
  result: AttemptResult
  next: Next
}

/** A settlement with what memory has to do once it is on stable storage. */
export interface Settling { settlement: Settlement; lane: Lane; item: Item }

/**
 * The loop that ties lanes, attempts and settlements together, all in memory. It decides who sends next, and hands what
 * came of it to the next turn; everything it knows can be read from the database again.
 */
export class Deliverer {
  readonly #lanes = new Map<number, Lane>()
  readonly #order: SendingOrder
  #willPump = false
  readonly #dueTimes: DueTimer
  readonly #slots: Slots
  readonly #memory: LaneMemory
  readonly #reader: LaneReader
  readonly #targets: TargetReader
  readonly #release: LaneRelease
  #settlements: Settling[] = []
  #isTurnUnderWay = false
  /** Strictly ordered lanes that were read meanwhile. */
  readonly #awaitTurn = new Set<Lane>()
  #isStopping = false
  /** Some have been started, and the event loop has its turn before the next are. */
  #isPausing = false
  /** Raised when the session is lost: what began under the earlier one changes nothing here any more. */
  #generation = 0

  constructor(private readonly around: DelivererSurroundings, private readonly limits: DelivererLimits = delivererLimits) {
    this.#slots = new Slots(limits)
    this.#memory = new LaneMemory(limits)
    this.#release = new LaneRelease(limits, (lane) => this.#lanes.get(lane.endpointId) === lane)
    this.#order = new SendingOrder(new Headroom(() => around.workTimes()))
    this.#dueTimes = new DueTimer({ now: () => around.now(), after: (ms, callback) => around.after(ms, callback), due: (endpointIds) => this.#fallDue(endpointIds) })
    const shared = { isOurs: (lane: Lane) => lane.generation === this.#generation, after: (ms: number, callback: () => void) => around.after(ms, callback), report: (error: unknown, what: string) => around.report(error, what) }
    this.#reader = new LaneReader({
      ...shared,
      look: (requests) => around.look(requests),
      readyOf: (organizationId) => this.#order.readyOf(organizationId) + this.#slots.parkedOf(organizationId),
      seen: (looks, events) => { for (const look of looks) this.#seen(look, events) },
      looked: (lanes) => {
        for (const lane of lanes) this.#order.lineUp(lane)
        this.#pump()
      },
    }, this.#memory, limits)
    this.#targets = new TargetReader({
      ...shared,
      load: (endpointIds) => around.loadTargets(endpointIds),
      loaded: (lane, target) => this.#setTarget(lane, target),
      goOn: () => {
        this.#reader.go()
        this.#pump()
      },
    })
  }

  get inFlight(): number { return this.#slots.inFlight }
  get unsettled(): number { return this.#slots.unsettled }
  get laneCount(): number { return this.#lanes.size }
  /** Lanes that are to be read from the database, could be, and were not yet. */
  get looksWaiting(): number { return this.#reader.readable }
  /** Organizations that need no more lanes for now. */
  get satisfied(): number[] { return this.#reader.satisfied }
  /** How many more deliveries memory may be handed. */
  get room(): number { return this.#isStopping ? 0 : this.#memory.room }

  /** Lanes that have as much in memory as they may: a slow endpoint fills its own lane only. */
  fullLanes(): number[] {
    return this.#memory.fullLanes
  }

  /** What is to be settled in the turn that begins now. */
  takeSettlements(atMost: number): Settling[] {
    const taken = this.#settlements
    this.#settlements = taken.length > atMost ? taken.splice(atMost) : []
    return taken
  }

  /** Lanes to let go of in the turn that begins now. When it is over, `released` tells which of them are gone. */
  lanesToRelease(): number[] {
    this.#isTurnUnderWay = true
    return this.#release.begin()
  }

  /** Finds lanes that have had nothing to do for long; called now and then. */
  findIdle(): void {
    const now = this.around.now()
    for (const lane of this.#lanes.values()) {
      if (lane.isIdle && (lane.isClosing || now - lane.idleSince >= this.limits.idleMs)) this.#release.add(lane)
    }
    if (this.#release.isWanted) this.around.wantRelease()
  }

  /** Lets go of the lanes of other nodes' organizations, each when what is under way on it has been settled; they send what it still has. */
  leave(isOurs: (organizationId: number) => boolean): void {
    for (const lane of this.#lanes.values()) {
      if (lane.target === undefined || lane.isLeaving !== isOurs(lane.organizationId)) continue
      lane.isLeaving = !lane.isLeaving
      // It has come back before it was gone: what was passed over meanwhile is read now.
      this.#reader.want(lane)
      this.#afterChange(lane)
    }
    this.#reader.go()
  }

  /** These lanes are gone; what else was to go in that turn has stayed. */
  released(endpointIds: readonly number[]): void {
    const { gone, stayed } = this.#release.end(endpointIds)
    for (const lane of gone) {
      this.#memory.forget(lane)
      this.#reader.forget(lane)
      this.#lanes.delete(lane.endpointId)
    }
    for (const lane of stayed) this.#reader.lineUp(lane)
    this.#reader.go()
  }

  /** The turn is over, and memory has taken in what it brought, or it brought nothing. */
  turnEnded(): void {
    this.#isTurnUnderWay = false
    for (const lane of this.#awaitTurn) {
      lane.awaitsTurn = false
      this.#order.lineUp(lane)
    }
    this.#awaitTurn.clear()
    if (this.#release.isWanted) this.around.wantRelease()
  }

  /** A turn that could not commit: its settlements are tried again with the next. */
  giveBack(settlements: Settling[]): void {
    const ours = settlements.filter(({ lane }) => lane.generation === this.#generation)
    for (const settling of settlements) if (settling.lane.generation !== this.#generation) this.#close(settling.settlement.organizationId)
    this.#settlements = [...ours, ...this.#settlements]
  }

  /** Settlements are on stable storage since `at`, or were stale; either way memory is done with these attempts. `goOn` starts what may start now. */
  settled(settlements: readonly Settling[], at: number): void {
    for (const { settlement, lane, item } of settlements) {
      this.#close(settlement.organizationId)
      if (lane.generation !== this.#generation) continue
      const dueAt = settlement.state === deliveryStates.waiting ? at + settlement.waitMs : null
      this.#conclude(lane, { ...item, attempts: item.attempts + 1, step: settlement.step }, dueAt)
      if (settlement.disable !== null) {
        this.#targets.want(lane)
        this.#reader.want(lane)
      }
      this.#afterChange(lane)
    }
    this.#targets.go()
  }

  /** Something of an organization's is on its way into the stream: whoever works off a backlog gives way from now on. */
  published(organizationId: number): void {
    this.#order.published(organizationId, this.around.now())
  }

  /** Takes in what a dispatch handed over; `goOn` starts it. */
  handed({ events, handed, takenLanes }: Pick<Dispatched, 'events' | 'handed' | 'takenLanes'>): void {
    const now = this.around.now()
    const byId = new Map(events.map((event) => [event.id, event]))
    const lost: Handed[] = []
    for (const id of takenLanes) if (!this.#lanes.has(id)) this.#addLane(id)
    for (const handing of handed) {
      const { eventId, endpointId, format } = handing
      const event = byId.get(eventId)
      if (event === undefined) {
        lost.push(handing)
        continue
      }
      const lane = this.#lanes.get(endpointId) ?? this.#addLane(endpointId)
      this.#memory.add(lane, { eventId, endpointId, attempts: 0, step: 0, format, exempt: false, isFromDatabase: false, dueAt: now, event })
      this.#order.published(event.organizationId, now)
      if (lane.isClosing) this.#afterChange(lane)
      else this.#order.lineUp(lane)
    }
    if (lost.length > 0) this.#giveBackLost(lost)
    this.#targets.go()
  }

  /** Handed over without their events, which is a bug of ours: rather than be stuck, they are read from the database. */
  #giveBackLost(lost: Handed[]): void {
    this.around.report(new Error(`${lost.length} deliveries were handed over without their events.`), 'They are read from the database.')
    this.around.returnToWaiting(lost, 0).then(() => {
      for (const id of new Set(lost.map(({ endpointId }) => endpointId))) this.#reader.want(this.#lanes.get(id) ?? this.#addLane(id))
      this.#targets.go()
      this.#reader.go()
    }, (error: unknown) => {
      this.around.report(error, 'Deliveries could not be given back; they are tried again.')
      this.around.after(this.limits.faultDelayMs, () => this.#giveBackLost(lost))
    })
  }

  /** Lanes that were made ours because something is due on them. */
  taken(endpointIds: readonly number[]): void {
    for (const id of endpointIds) this.#reader.want(this.#lanes.get(id) ?? this.#addLane(id))
    this.#targets.go()
    this.#reader.go()
  }

  /** Somebody has written to these lanes of ours: new work, a changed endpoint. */
  woken(marks: readonly { endpointId: number; version: number }[]): void {
    for (const { endpointId, version } of marks) {
      const lane = this.#lanes.get(endpointId) ?? this.#addLane(endpointId)
      if (lane.target !== undefined && lane.target.version !== version && !lane.isLoading) this.#targets.want(lane)
      // A lane that is behind stays marked on purpose; it looks again when its memory has run low.
      if (!lane.isBehind || this.#runsLow(lane)) this.#reader.want(lane)
    }
    this.#targets.go()
    this.#reader.go()
  }

  /** The session is gone, and with it every lane: what is under way may finish, but settles nothing. */
  reset(): void {
    this.#generation++
    this.#lanes.clear()
    this.#reader.clear()
    this.#targets.clear()
    this.#release.clear()
    this.#awaitTurn.clear()
    this.#slots.forgetParked()
    this.#memory.clear()
    for (const { settlement } of this.#settlements) this.#close(settlement.organizationId)
    this.#settlements = []
  }

  /** Starts what may start: memory has taken something in, or the session is known to be alive again. */
  goOn(): void {
    this.#pump()
  }

  /** Starts nothing more. What is in flight ends, and is settled. */
  stop(): void {
    this.#isStopping = true
    this.#reader.stop()
    this.#dueTimes.stop()
  }

  #addLane(endpointId: number): Lane {
    const lane = new Lane(endpointId, this.#generation)
    lane.idleSince = this.around.now()
    this.#lanes.set(endpointId, lane)
    this.#targets.want(lane)
    return lane
  }

  #runsLow(lane: Lane): boolean { return lane.isGap || lane.queued < this.#memory.lowWater(this.#reader.waiting) }

  /** An attempt is dealt with in the database; `dueAt` is when its delivery is to be tried again, null for never. What is read with fewer attempts than `attempts` was read before. */
  #conclude(lane: Lane, item: Item, dueAt: number | null, attempts = item.attempts): void {
    if (dueAt !== null && lane.target?.ordered === true && !item.exempt && !lane.isClosing) {
      lane.blockHead({ ...this.#memory.writtenDown(item), dueAt })
      this.#dueTimes.add(dueAt, lane.endpointId)
      return
    }
    if (lane.forget(item.eventId, attempts, dueAt)) this.#reader.want(lane)
    this.#memory.remove(lane, item, this.#reader.waiting)
    if (dueAt !== null) this.#dueLater(lane, dueAt)
  }

  #dueLater(lane: Lane, at: number): void {
    if (lane.nextDueAt !== null && lane.nextDueAt <= at) return
    lane.nextDueAt = at
    this.#dueTimes.add(at, lane.endpointId)
  }

  #afterChange(lane: Lane): void {
    if (lane.isClosing && lane.queued > 0) this.#returnQueued(lane)
    if (lane.isBehind && this.#runsLow(lane)) this.#reader.want(lane)
    if (lane.isIdle) {
      lane.idleSince = this.around.now()
      if (lane.isClosing) {
        this.#release.add(lane)
        this.around.wantRelease()
      }
    }
    this.#order.lineUp(lane)
    this.#reader.go()
  }

  /** Starts as many attempts as may start now, but lets the event loop read what has arrived in between. */
  #pump(): void {
    if (this.#isStopping || this.#isPausing || !this.around.mayStart()) return
    const now = this.around.now()
    const until = this.#slots.started + this.limits.startAtOnce
    while (!this.#slots.isFull) {
      if (this.#slots.started >= until) {
        this.#pause()
        break
      }
      const next = this.#order.next(now, this.#slots)
      if (next === undefined) break
      const { lane, preferAgain } = next
      if (this.#lanes.get(lane.endpointId) !== lane) continue
      this.#tryToStart(lane, preferAgain, now)
    }
    if (this.#order.hasResting && !this.#slots.isFull) this.#pumpSoon()
    // Lanes that stood in line kept others from being read, and those among them that must be read before they send.
    this.#reader.go()
  }

  /** For the lanes that give way. */
  #pumpSoon(): void {
    if (this.#willPump) return
    this.#willPump = true
    this.around.after(headroomLimits.oneEveryMs, () => {
      this.#willPump = false
      this.#pump()
    })
  }

  #pause(): void {
    this.#isPausing = true
    this.around.soon(() => {
      this.#isPausing = false
      this.#pump()
    })
  }

  #tryToStart(lane: Lane, preferAgain: boolean, now: number): void {
    const item = lane.next(now, preferAgain)
    const target = lane.target
    if (item === undefined || target === undefined) {
      if (lane.nextStartAt > now && lane.queued > 0) this.#dueTimes.add(lane.nextStartAt, lane.endpointId)
      return
    }
    if (target.staleAt !== null && target.staleAt <= now) {
      this.#targets.want(lane)
      this.#targets.go()
      return
    }
    if (this.#order.givesWay(lane, item, now)) return
    const isAgain = lane.again.peek() === item
    if (!this.#slots.take(lane, target, isAgain)) return
    this.#start(lane, target, item, isAgain, now)
    this.#order.lineUp(lane)
  }

  #start(lane: Lane, target: Target, item: Item, isAgain: boolean, startedAt: number): void {
    lane.start(item, startedAt)
    this.#order.began(lane, item, startedAt)
    const id = publicEventId(item.event)
    let request
    try {
      const format = this.around.format(item.format)
      if (format === undefined) throw new Error(`The format ${item.format} of delivery ${deliveryId(item.eventId, item.endpointId)} is not registered.`)
      request = renderRequest(target, format, item.event, id, Date.now(), this.around.userAgent)
    } catch (error) {
      this.#free(target, isAgain)
      this.#ourFault(lane, item, error)
      return
    }
    const { headers, body } = request
    this.around.send({ origin: target.origin, path: target.path, headers, body, timeoutMs: target.timeoutMs }, (result) => {
      this.#free(target, isAgain)
      if (lane.generation === this.#generation) this.#end(lane, target, item, id, headers, startedAt, result)
      else {
        this.#close(target.organizationId)
        this.#pump()
      }
    })
  }

  #free(target: Target, isAgain: boolean): void {
    for (const lane of this.#slots.free(target, isAgain)) this.#order.lineUp(lane)
  }

  /** An attempt of the organization's is not open any more. */
  #close(organizationId: number): void {
    for (const lane of this.#slots.settled(organizationId)) this.#order.lineUp(lane)
  }

  /** Never charged to the customer: the delivery rests and is tried again as if this had not been. */
  #ourFault(lane: Lane, item: Item, error: unknown): void {
    this.around.report(error, 'An attempt could not be made.')
    lane.inFlight--
    lane.unsettled++
    this.#rest(lane, item)
  }

  #rest(lane: Lane, item: Item): void {
    this.around.returnToWaiting([item], this.limits.faultDelayMs).then(() => {
      this.#close(lane.organizationId)
      if (lane.generation !== this.#generation) return
      this.#conclude(lane, item, this.around.now() + this.limits.faultDelayMs, item.attempts + 1)
      this.#afterChange(lane)
    }, (problem: unknown) => {
      this.around.report(problem, 'A delivery could not be given back.')
      this.around.after(this.limits.faultDelayMs, () => this.#rest(lane, item))
    })
  }

  #end(lane: Lane, target: Target, item: Item, id: string, headers: Record<string, string>, startedAt: number, result: AttemptResult): void {
    const { settlement, next, failingSince } = conclude({ target, item, id, headers, startedAt, result, failingSince: lane.failingSince, random: () => this.around.random() })
    lane.end(next.state === 'succeeded')
    lane.failingSince = failingSince
    // Nothing more goes to an endpoint that is being disabled; its settings are read anew once that is settled.
    if (settlement.disable !== null) lane.isHalted = true
    this.#settlements.push({ settlement, lane, item })
    this.around.observe({ organization: target.organization, endpointId: item.endpointId, eventId: id, deliveryId: deliveryId(item.eventId, item.endpointId), eventType: item.event.type, number: item.attempts + 1, result, next })
    this.around.wantSettling()
    this.#order.lineUp(lane)
    this.#pump()
  }

  /** Gives a lane's queue back to the database, because its endpoint is not enabled any more or its order has changed. */
  #returnQueued(lane: Lane): void {
    if (lane.isReturning) return
    const items = lane.dropQueued()
    if (items.length === 0) return
    lane.isReturning = true
    this.around.returnToWaiting(items, 0).then(() => {
      for (const item of items) this.#memory.remove(lane, item, this.#reader.waiting)
    }, (error: unknown) => {
      this.around.report(error, 'A lane could not be given back.')
      for (const item of items) lane.add(item)
    }).finally(() => {
      lane.isReturning = false
      if (lane.generation !== this.#generation) return
      if (!lane.isStopped) this.#reader.want(lane)
      this.#reader.lineUp(lane)
      this.#afterChange(lane)
    })
  }

  #setTarget(lane: Lane, target: Target | undefined): void {
    const before = lane.target
    lane.isLoading = false
    lane.isHalted = false
    lane.target = target
    lane.isStopped = target === undefined || !target.isEnabled
    if (target !== undefined) lane.organizationId = target.organizationId
    // Given back while it was thought to be stopped.
    if (lane.isShort && !lane.isStopped) this.#reader.want(lane)
    this.#reader.lineUp(lane)
    const hasOtherOrder = before !== undefined && target !== undefined && before.ordered !== target.ordered
    if (hasOtherOrder) this.#returnQueued(lane)
    this.#afterChange(lane)
  }

  #seen(look: LaneLook, events: ReadonlyMap<number, StoredEvent>): void {
    const lane = this.#lanes.get(look.endpointId)
    if (lane === undefined) return
    lane.failingSince = look.failingSince
    if (lane.target?.ordered === true) {
      lane.readUpTo = look.isBehind ? look.deliveries.findLast(({ exempt }) => !exempt)?.eventId ?? Infinity : Infinity
      lane.awaitsTurn = this.#isTurnUnderWay
      if (lane.awaitsTurn) this.#awaitTurn.add(lane)
    }
    this.#memory.setBehind(lane, look.isBehind)
    lane.nextDueAt = null
    for (const dueAt of [look.nextDueAt, ...[...lane.settledMeanwhile.values()].map((settled) => settled.dueAt)]) if (dueAt !== null) this.#dueLater(lane, dueAt)
    if (lane.target?.version !== look.version) {
      this.#targets.want(lane)
      this.#targets.go()
    }
    for (const delivery of look.deliveries) {
      const event = events.get(delivery.eventId)
      if (event === undefined || delivery.attempts < (lane.settledMeanwhile.get(delivery.eventId)?.attempts ?? 0)) continue
      this.#memory.add(lane, { ...delivery, isFromDatabase: delivery.state === deliveryStates.waiting, event })
      if (delivery.dueAt > this.around.now()) this.#dueTimes.add(delivery.dueAt, lane.endpointId)
    }
    this.#afterChange(lane)
  }

  #fallDue(endpointIds: readonly number[]): void {
    const now = this.around.now()
    for (const id of endpointIds) {
      const lane = this.#lanes.get(id)
      if (lane === undefined) continue
      if (lane.nextDueAt !== null && lane.nextDueAt <= now) {
        lane.nextDueAt = null
        this.#reader.want(lane)
      }
      this.#order.lineUp(lane)
    }
    this.#reader.go()
    this.#pump()
  }
}
