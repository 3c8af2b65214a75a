import { deliveryId, endpointId as publicEndpointId, type DeliveryKey } from '../ids/public-id.js'
import { publicEventId, type Format } from '../formats/format.js'
import { afterAttempt, deliveryStates, type Next } from './delivery.js'
import { DueTimes } from './due-times.js'
import { Lane, type Item } from './lane.js'
import { renderRequest, type Target } from './target.js'
import { Turnstile } from './turnstile.js'
import type { AttemptRequest, AttemptResult } from './attempt.js'
import type { LaneLook, LookRequest } from './lanes.js'
import type { Settlement } from './settle.js'
import type { Dispatched, Handed } from '../dispatch/dispatch.js'
import type { StoredEvent } from '../events/event.js'

/** What the deliverer needs of the world; the engine gives it. */
export interface DelivererSurroundings {
  now(): number
  random(): number
  after(ms: number, callback: () => void): () => void
  send(request: AttemptRequest, done: (result: AttemptResult) => void): void
  format(id: number): Format | undefined
  loadTargets(endpointIds: number[]): Promise<Target[]>
  look(requests: LookRequest[]): Promise<{ looks: LaneLook[]; events: StoredEvent[] }>
  returnToWaiting(items: readonly DeliveryKey[], delayMs: number): Promise<void>
  /** There is something to settle or to release. */
  wantTurn(): void
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

export const delivererLimits = {
  /** Attempts under way at once. */
  maxInFlight: 512,
  /** Attempts under way and results not settled: what a crash may send twice. */
  maxOpen: 1_000,
  /** Of the slots, what retries and replays may take; first attempts keep the rest. */
  againShare: 0.75,
  /** Connections to one origin, which many endpoints may share. */
  maxPerOrigin: 96,
  maxItems: 8_000,
  maxBytes: 64 * 1024 * 1024,
  maxLaneItems: 500,
  maxLaneBytes: 4 * 1024 * 1024,
  lookAtOnce: 100,
  /** Deliveries that one look at a lane reads; the more lanes have a backlog, the fewer, so that memory holds some of each. */
  readPerLook: { least: 8, most: 200, ofAllLanes: 4_000 },
  idleMs: 60_000,
  failingMs: 5 * 86_400_000,
  /** After a fault of our own the delivery rests this long; no attempt is counted. */
  faultDelayMs: 5_000,
} as const

/**
 * The loop that ties lanes, attempts and settlements together, all in memory. It decides who sends next, and hands what
 * came of it to the next turn; everything it knows can be read from the database again.
 */
export class Deliverer {
  readonly #lanes = new Map<number, Lane>()
  readonly #firsts = new Turnstile()
  readonly #agains = new Turnstile()
  readonly #dueTimes = new DueTimes()
  readonly #inFlightOf = new Map<number | string, number>()
  readonly #parked = new Map<number | string, Set<Lane>>()
  readonly #wantsLook = new Set<Lane>()
  readonly #wantsTarget = new Set<Lane>()
  readonly #full = new Set<Lane>()
  readonly #behind = new Set<Lane>()
  readonly #mayGo = new Set<Lane>()
  #settlements: { settlement: Settlement; lane: Lane; item: Item }[] = []
  #inFlight = 0
  #againInFlight = 0
  #unsettled = 0
  #items = 0
  #bytes = 0
  #turn = 0
  #isLooking = false
  #isLoading = false
  #isStopping = false
  #cancelTimer: (() => void) | undefined
  #timerAt = Infinity
  /** Raised when the session is lost: what began under the earlier one changes nothing here any more. */
  #generation = 0

  constructor(private readonly around: DelivererSurroundings) {}

  get inFlight(): number { return this.#inFlight }
  get unsettled(): number { return this.#unsettled }
  get laneCount(): number { return this.#lanes.size }
  get settlementsWaiting(): number { return this.#settlements.length }
  /** How many more deliveries memory may be handed. */
  get room(): number { return this.#isStopping || this.#bytes > delivererLimits.maxBytes ? 0 : Math.max(0, delivererLimits.maxItems - this.#items) }

  /** Lanes that have as much in memory as they may: a slow endpoint fills its own lane only. */
  fullLanes(): number[] {
    return [...this.#full].map((lane) => lane.endpointId)
  }

  /** What is to be settled in the turn that begins now. */
  takeSettlements(): { settlement: Settlement; lane: Lane; item: Item }[] {
    const taken = this.#settlements
    this.#settlements = []
    return taken
  }

  /** Lanes to let go of in the turn that begins now. They are forgotten when it has committed: `released`. */
  lanesToRelease(): number[] {
    const ids: number[] = []
    for (const lane of this.#mayGo) if (lane.isIdle && this.#lanes.get(lane.endpointId) === lane) ids.push(lane.endpointId)
    this.#mayGo.clear()
    return ids
  }

  /** Finds lanes that have had nothing to do for long; called now and then. */
  findIdle(): void {
    const now = this.around.now()
    for (const lane of this.#lanes.values()) {
      if (lane.isIdle && now - lane.idleSince >= delivererLimits.idleMs) this.#mayGo.add(lane)
    }
    if (this.#mayGo.size > 0) this.around.wantTurn()
  }

  released(endpointIds: readonly number[]): void {
    for (const id of endpointIds) {
      const lane = this.#lanes.get(id)
      if (lane !== undefined) this.#behind.delete(lane)
      this.#lanes.delete(id)
    }
  }

  /** A turn that could not commit: its settlements are tried again with the next. */
  giveBack(settlements: { settlement: Settlement; lane: Lane; item: Item }[]): void {
    const ours = settlements.filter(({ lane }) => lane.generation === this.#generation)
    this.#unsettled -= settlements.length - ours.length
    this.#settlements = [...ours, ...this.#settlements]
  }

  /** Settlements are on stable storage since `at`, or were stale; either way memory is done with these attempts. */
  settled(settlements: readonly { settlement: Settlement; lane: Lane; item: Item }[], at: number): void {
    for (const { settlement, lane, item } of settlements) {
      this.#unsettled--
      if (lane.generation !== this.#generation) continue
      const waits = settlement.state === deliveryStates.waiting
      if (waits && lane.target?.ordered === true && !item.exempt && !lane.isStopped) {
        const dueAt = at + settlement.waitMs
        lane.blockHead({ ...item, attempts: item.attempts + 1, step: settlement.step, dueAt, isFromDatabase: true })
        this.#dueTimes.add(dueAt, lane.endpointId)
      } else {
        lane.forget(item.eventId, waits ? at + settlement.waitMs : null)
        this.#forgetBytes(lane, item)
        if (waits) this.#dueLater(lane, at + settlement.waitMs)
      }
      if (settlement.disable !== null) {
        this.#wantTarget(lane)
        this.#wantLook(lane)
      }
      this.#afterChange(lane)
    }
    this.#loadTargets()
    this.#pump()
  }

  /** Takes in what a dispatch handed over. */
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
      this.#addItem(lane, { eventId, endpointId, attempts: 0, step: 0, format, exempt: false, isFromDatabase: false, dueAt: now, event })
      if (lane.isStopped) this.#afterChange(lane)
      else this.#lineUp(lane)
    }
    if (lost.length > 0) this.#giveBackLost(lost)
    this.#loadTargets()
    this.#pump()
  }

  /** Handed over without their events, which is a bug of ours: rather than be stuck, they are read from the database. */
  #giveBackLost(lost: Handed[]): void {
    this.around.report(new Error(`${lost.length} deliveries were handed over without their events.`), 'They are read from the database.')
    this.around.returnToWaiting(lost, 0).then(() => {
      for (const id of new Set(lost.map(({ endpointId }) => endpointId))) this.#wantLook(this.#lanes.get(id) ?? this.#addLane(id))
      this.#loadTargets()
      this.#look()
    }, (error: unknown) => {
      this.around.report(error, 'Deliveries could not be given back; they are tried again.')
      this.around.after(delivererLimits.faultDelayMs, () => this.#giveBackLost(lost))
    })
  }

  /** Lanes that were made ours because something is due on them. */
  taken(endpointIds: readonly number[]): void {
    for (const id of endpointIds) this.#wantLook(this.#lanes.get(id) ?? this.#addLane(id))
    this.#loadTargets()
    this.#look()
  }

  /** Somebody has written to these lanes of ours: new work, a changed endpoint. */
  woken(marks: readonly { endpointId: number; version: number }[]): void {
    for (const { endpointId, version } of marks) {
      const lane = this.#lanes.get(endpointId) ?? this.#addLane(endpointId)
      if (lane.target !== undefined && lane.target.version !== version && !lane.isLoading) this.#wantTarget(lane)
      // A lane that is behind stays marked on purpose; it looks again when its memory has run low.
      if (!lane.isBehind || lane.queued < this.#lowWater) this.#wantLook(lane)
    }
    this.#loadTargets()
    this.#look()
  }

  /** The session is gone, and with it every lane: what is under way may finish, but settles nothing. */
  reset(): void {
    this.#generation++
    this.#lanes.clear()
    this.#wantsLook.clear()
    this.#wantsTarget.clear()
    this.#parked.clear()
    this.#full.clear()
    this.#behind.clear()
    this.#mayGo.clear()
    this.#unsettled -= this.#settlements.length
    this.#settlements = []
    this.#items = 0
    this.#bytes = 0
  }

  /** Starts nothing more. What is in flight ends, and is settled. */
  stop(): void {
    this.#isStopping = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#timerAt = -Infinity
  }

  #addLane(endpointId: number): Lane {
    const lane = new Lane(endpointId, this.#generation)
    lane.idleSince = this.around.now()
    this.#lanes.set(endpointId, lane)
    this.#wantTarget(lane)
    return lane
  }

  #addItem(lane: Lane, item: Item): void {
    if (!lane.add(item)) return
    this.#items++
    this.#bytes += item.event.data.length
    lane.bytes += item.event.data.length
    if (lane.size >= this.#laneCap() || lane.bytes >= delivererLimits.maxLaneBytes) {
      this.#full.add(lane)
      this.#setBehind(lane, true)
    }
  }

  #setBehind(lane: Lane, isBehind: boolean): void {
    lane.isBehind = isBehind
    if (isBehind) this.#behind.add(lane)
    else this.#behind.delete(lane)
  }

  get #readPerLook(): number {
    const { least, most, ofAllLanes } = delivererLimits.readPerLook
    const share = Math.floor(ofAllLanes / Math.max(1, this.#behind.size, this.#wantsLook.size))
    const room = Math.floor((delivererLimits.maxItems - this.#items) / delivererLimits.lookAtOnce)
    return Math.max(least, Math.min(most, share, room))
  }

  /** A lane with a backlog that has less than this in memory reads more. */
  get #lowWater(): number { return Math.ceil(this.#readPerLook / 4) }

  /** The less, the fuller memory is: however many endpoints hang, some of it is left for the others. */
  #laneCap(): number {
    return Math.min(delivererLimits.maxLaneItems, Math.max(64, Math.floor((delivererLimits.maxItems - this.#items) / 4)))
  }

  #forgetBytes(lane: Lane, item: Item): void {
    this.#items--
    this.#bytes -= item.event.data.length
    lane.bytes -= item.event.data.length
    if (lane.size <= this.#lowWater) this.#full.delete(lane)
  }

  #dueLater(lane: Lane, at: number): void {
    if (lane.nextDueAt !== null && lane.nextDueAt <= at) return
    lane.nextDueAt = at
    this.#dueTimes.add(at, lane.endpointId)
    this.#setTimer()
  }

  /** Lines a lane up wherever it has something to send; whether it may is asked when its turn comes. */
  #lineUp(lane: Lane): void {
    if (lane.target === undefined) return
    if (lane.fresh.length > 0) this.#firsts.add(lane)
    if (lane.again.length > 0) this.#agains.add(lane)
  }

  #afterChange(lane: Lane): void {
    if (lane.isStopped && lane.queued > 0) this.#returnQueued(lane)
    if (lane.isBehind && lane.queued < this.#lowWater) this.#wantLook(lane)
    if (lane.isIdle) {
      lane.idleSince = this.around.now()
      if (lane.isStopped) {
        this.#mayGo.add(lane)
        this.around.wantTurn()
      }
    }
    this.#lineUp(lane)
    this.#look()
  }

  #wantLook(lane: Lane): void {
    lane.wantsLook = true
    this.#wantsLook.add(lane)
  }

  #wantTarget(lane: Lane): void {
    lane.isLoading = true
    this.#wantsTarget.add(lane)
  }

  /** Starts as many attempts as may start now. */
  #pump(): void {
    if (this.#isStopping) return
    const now = this.around.now()
    while (this.#inFlight < delivererLimits.maxInFlight && this.#inFlight + this.#unsettled < delivererLimits.maxOpen) {
      const mayRetry = !this.#agains.isEmpty && this.#againInFlight < delivererLimits.maxInFlight * delivererLimits.againShare
      const preferAgain = mayRetry && (this.#firsts.isEmpty || this.#turn++ % 4 === 0)
      const line = preferAgain ? this.#agains : this.#firsts
      const lane = line.take()
      if (lane === undefined) break
      if (this.#lanes.get(lane.endpointId) !== lane) continue
      this.#tryToStart(lane, preferAgain, now)
    }
    this.#setTimer()
  }

  #tryToStart(lane: Lane, preferAgain: boolean, now: number): void {
    const item = lane.next(now, preferAgain)
    const target = lane.target
    if (item === undefined || target === undefined) {
      if (lane.nextStartAt > now && lane.queued > 0) this.#dueTimes.add(lane.nextStartAt, lane.endpointId)
      return
    }
    if (target.staleAt !== null && target.staleAt <= now) {
      this.#wantTarget(lane)
      this.#loadTargets()
      return
    }
    const crowded = this.#crowded(target)
    if (crowded !== undefined) {
      const waiting = this.#parked.get(crowded)
      if (waiting === undefined) this.#parked.set(crowded, new Set([lane]))
      else waiting.add(lane)
      return
    }
    this.#start(lane, target, item, now)
    this.#lineUp(lane)
  }

  /**
   * The organization or origin that has its fill. An organization may hold as many slots as are still free, so one alone
   * gets half, and however many hang, some are left for the next; an origin has a fixed number of connections.
   */
  #crowded(target: Target): number | string | undefined {
    const free = delivererLimits.maxInFlight - this.#inFlight
    if ((this.#inFlightOf.get(target.organizationId) ?? 0) >= Math.max(8, free)) return target.organizationId
    if ((this.#inFlightOf.get(target.origin) ?? 0) >= delivererLimits.maxPerOrigin) return target.origin
    return undefined
  }

  #start(lane: Lane, target: Target, item: Item, now: number): void {
    const isAgain = lane.again.peek() === item
    lane.start(item, now)
    const format = this.around.format(item.format)
    const id = publicEventId(item.event)
    let request
    try {
      if (format === undefined) throw new Error(`The format ${item.format} of delivery ${deliveryId(item.eventId, item.endpointId)} is not registered.`)
      request = renderRequest(target, format, item.event, id, Date.now(), this.around.userAgent)
    } catch (error) {
      this.#ourFault(lane, item, error)
      return
    }
    this.#count(target, isAgain, 1)
    const { headers, body } = request
    const startedAt = now
    this.around.send({ origin: target.origin, path: target.path, headers, body, timeoutMs: target.timeoutMs }, (result) => {
      this.#count(target, isAgain, -1)
      if (lane.generation === this.#generation) this.#end(lane, target, item, id, headers, startedAt, result)
      else this.#pump()
    })
  }

  #count(target: Target, isAgain: boolean, change: 1 | -1): void {
    this.#inFlight += change
    if (isAgain) this.#againInFlight += change
    for (const key of [target.organizationId, target.origin]) {
      const count = (this.#inFlightOf.get(key) ?? 0) + change
      if (count === 0) this.#inFlightOf.delete(key)
      else this.#inFlightOf.set(key, count)
      if (change === -1) this.#unpark(key)
    }
  }

  #unpark(key: number | string): void {
    const waiting = this.#parked.get(key)
    if (waiting === undefined) return
    const [lane] = waiting
    if (lane !== undefined) {
      waiting.delete(lane)
      this.#lineUp(lane)
    }
    if (waiting.size === 0) this.#parked.delete(key)
  }

  /** Never charged to the customer: the delivery rests and is tried again as if this had not been. */
  #ourFault(lane: Lane, item: Item, error: unknown): void {
    this.around.report(error, 'An attempt could not be made.')
    lane.inFlight--
    lane.unsettled++
    this.#unsettled++
    const done = (): void => {
      this.#unsettled--
      if (lane.generation !== this.#generation) return
      const dueAt = this.around.now() + delivererLimits.faultDelayMs
      lane.forget(item.eventId, dueAt)
      this.#forgetBytes(lane, item)
      this.#dueLater(lane, dueAt)
      this.#afterChange(lane)
    }
    this.around.returnToWaiting([item], delivererLimits.faultDelayMs).then(done, (problem: unknown) => {
      this.around.report(problem, 'A delivery could not be given back.')
      this.around.after(delivererLimits.faultDelayMs, () => this.#ourFault(lane, item, problem))
    })
  }

  #end(lane: Lane, target: Target, item: Item, id: string, headers: Record<string, string>, startedAt: number, result: AttemptResult): void {
    const next = afterAttempt({ waitsMs: target.waitsMs, step: item.step, outcome: result.outcome, random: () => this.around.random() })
    const isSuccess = next.state === 'succeeded'
    lane.end(isSuccess)
    this.#unsettled++

    const before = lane.failingSince
    lane.failingSince = isSuccess ? null : before ?? startedAt
    const hasFailedLong = !isSuccess && before !== null && startedAt - before >= delivererLimits.failingMs
    const disable = result.outcome.kind === 'gone' ? 'gone' as const : hasFailedLong ? 'failing' as const : null
    // Nothing more goes to an endpoint that is being disabled; its settings are read anew once that is settled.
    if (disable !== null) lane.isHalted = true
    const settlement: Settlement = {
      eventId: item.eventId, endpointId: item.endpointId, organizationId: target.organizationId, attempts: item.attempts,
      state: deliveryStates[next.state], step: next.state === 'waiting' ? next.step : item.step, waitMs: next.state === 'waiting' ? next.waitMs : 0,
      at: startedAt, durationMs: result.durationMs, status: result.status, errorClass: result.errorClass, error: result.error,
      url: target.url, requestHeaders: JSON.stringify(hideCredentials(headers)), responseHeaders: result.responseHeaders === null ? null : JSON.stringify(result.responseHeaders),
      answer: result.excerpt === null ? null : Buffer.from(result.excerpt).toString('hex'),
      disable: disable === null ? null : { version: target.version, reason: disable },
      failingSince: lane.failingSince === before ? undefined : lane.failingSince,
      alerts: item.event.type.startsWith('posthorn.') ? [] : alertsOf(target, item, id, next, disable),
    }
    this.#settlements.push({ settlement, lane, item })
    this.around.observe({ organization: target.organization, endpointId: item.endpointId, eventId: id, deliveryId: deliveryId(item.eventId, item.endpointId), eventType: item.event.type, number: item.attempts + 1, result, next })
    this.around.wantTurn()
    this.#lineUp(lane)
    this.#pump()
  }

  /** Gives a lane's queue back to the database, because its endpoint is not enabled any more or its order has changed. */
  #returnQueued(lane: Lane): void {
    if (lane.isReturning) return
    const items = lane.dropQueued()
    if (items.length === 0) return
    lane.isReturning = true
    this.around.returnToWaiting(items, 0).then(() => {
      for (const item of items) this.#forgetBytes(lane, item)
    }, (error: unknown) => {
      this.around.report(error, 'A lane could not be given back.')
      for (const item of items) lane.add(item)
    }).finally(() => {
      lane.isReturning = false
      if (lane.generation !== this.#generation) return
      if (!lane.isStopped) this.#wantLook(lane)
      this.#afterChange(lane)
    })
  }

  #loadTargets(): void {
    if (this.#isLoading || this.#wantsTarget.size === 0) return
    this.#isLoading = true
    const lanes = [...this.#wantsTarget]
    this.#wantsTarget.clear()
    this.around.loadTargets(lanes.map((lane) => lane.endpointId)).then((targets) => {
      const byId = new Map(targets.map((target) => [target.endpointId, target]))
      for (const lane of lanes) this.#setTarget(lane, byId.get(lane.endpointId))
    }, (error: unknown) => {
      this.around.report(error, 'Endpoints could not be loaded.')
      this.around.after(1_000, () => {
        for (const lane of lanes) if (lane.generation === this.#generation) this.#wantsTarget.add(lane)
        this.#loadTargets()
      })
    }).finally(() => {
      this.#isLoading = false
      this.#loadTargets()
      this.#look()
      this.#pump()
    })
  }

  #setTarget(lane: Lane, target: Target | undefined): void {
    if (lane.generation !== this.#generation) return
    const before = lane.target
    lane.isLoading = false
    lane.isHalted = false
    lane.target = target
    lane.isStopped = target === undefined || !target.isEnabled
    if (target !== undefined) lane.organizationId = target.organizationId
    const hasOtherOrder = before !== undefined && target !== undefined && before.ordered !== target.ordered
    if (hasOtherOrder) this.#returnQueued(lane)
    this.#afterChange(lane)
  }

  /** Reads what lanes have in the database, many lanes in one transaction, one transaction at a time. */
  #look(): void {
    if (this.#isLooking || this.#isStopping || this.#wantsLook.size === 0) return
    const lanes: Lane[] = []
    for (const lane of this.#wantsLook) {
      if (lane.isLoading || lane.isReturning || lane.generation !== this.#generation) {
        if (lane.generation !== this.#generation) this.#wantsLook.delete(lane)
        continue
      }
      this.#wantsLook.delete(lane)
      lane.wantsLook = false
      lane.isLooking = true
      lane.settledMeanwhile.clear()
      if (lanes.push(lane) === delivererLimits.lookAtOnce) break
    }
    if (lanes.length === 0) return
    this.#isLooking = true
    const readPerLook = this.#readPerLook
    this.around.look(lanes.map((lane) => ({ endpointId: lane.endpointId, ordered: lane.target?.ordered ?? false, limit: lane.size + readPerLook }))).then(({ looks, events }) => {
      const eventsById = new Map(events.map((event) => [event.id, event]))
      for (const lane of lanes) lane.isLooking = false
      for (const look of looks) this.#seen(look, eventsById)
    }, (error: unknown) => {
      this.around.report(error, 'Lanes could not be read.')
      for (const lane of lanes) lane.isLooking = false
      this.around.after(1_000, () => {
        for (const lane of lanes) if (lane.generation === this.#generation) this.#wantLook(lane)
        this.#look()
      })
    }).finally(() => {
      this.#isLooking = false
      this.#look()
      this.#pump()
    })
  }

  #seen(look: LaneLook, events: Map<number, StoredEvent>): void {
    const lane = this.#lanes.get(look.endpointId)
    if (lane === undefined) return
    lane.failingSince = look.failingSince
    this.#setBehind(lane, look.isBehind)
    lane.nextDueAt = null
    for (const dueAt of [look.nextDueAt, ...lane.settledMeanwhile.values()]) if (dueAt !== null) this.#dueLater(lane, dueAt)
    if (lane.target?.version !== look.version) {
      this.#wantTarget(lane)
      this.#loadTargets()
    }
    for (const delivery of look.deliveries) {
      const event = events.get(delivery.eventId)
      if (event === undefined || lane.settledMeanwhile.has(delivery.eventId)) continue
      this.#addItem(lane, { ...delivery, isFromDatabase: delivery.state === deliveryStates.waiting, event })
      if (delivery.dueAt > this.around.now()) this.#dueTimes.add(delivery.dueAt, lane.endpointId)
    }
    this.#afterChange(lane)
  }

  /** One timer for whatever is due first: a retry, a rate limit, the head of an ordered lane. */
  #setTimer(): void {
    const earliest = this.#dueTimes.earliest
    if (this.#isStopping || earliest === undefined || earliest >= this.#timerAt) return
    this.#cancelTimer?.()
    this.#timerAt = earliest
    this.#cancelTimer = this.around.after(Math.max(0, earliest - this.around.now()), () => {
      this.#timerAt = Infinity
      this.#cancelTimer = undefined
      this.#fallDue()
    })
  }

  #fallDue(): void {
    const now = this.around.now()
    for (const { id } of this.#dueTimes.takeDue(now)) {
      const lane = this.#lanes.get(id)
      if (lane === undefined) continue
      if (lane.nextDueAt !== null && lane.nextDueAt <= now) {
        lane.nextDueAt = null
        this.#wantLook(lane)
      }
      this.#lineUp(lane)
    }
    this.#look()
    this.#pump()
    this.#setTimer()
  }
}

function alertsOf(target: Target, item: Item, id: string, next: Next, disable: 'gone' | 'failing' | null): Settlement['alerts'] {
  const alerts: { organization: string; type: string; data: string }[] = []
  const endpoint = publicEndpointId(item.endpointId)
  if (next.state === 'dead') {
    alerts.push({ organization: target.organization, type: 'posthorn.delivery.dead', data: JSON.stringify({ deliveryId: deliveryId(item.eventId, item.endpointId), endpointId: endpoint, url: target.url, eventId: id, eventType: item.event.type, attemptCount: item.attempts + 1, reason: next.reason }) })
  }
  if (disable !== null) {
    alerts.push({ organization: target.organization, type: 'posthorn.endpoint.disabled', data: JSON.stringify({ endpointId: endpoint, url: target.url, reason: disable }) })
  }
  return alerts
}

const credentialHeader = /authorization|cookie|token|secret|api-?key|password/i

/** The log of attempts is read by people who may read webhooks, not secrets. */
function hideCredentials(headers: Record<string, string>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name in headers) shown[name] = credentialHeader.test(name) ? '••••' : headers[name] as string
  return shown
}
