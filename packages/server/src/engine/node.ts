import { nothingAppended, type JustAppended } from '../dispatch/just-appended.js'
import { withoutDetails } from '../sending/conclude.js'
import { Deliverer, type DelivererSurroundings, type ObservedAttempt } from '../sending/deliverer.js'
import { renewEveryMs } from '../lanes/sessions.js'
import { Format, type FormatDefinition } from '../formats/format.js'
import { OutboxRelay } from '../outbox/outbox-relay.js'
import { systemPace, type Pace } from '../time/pace.js'
import { startChore, type Chore } from '../time/periodic.js'
import { turnInTwo } from '../turns/turn.js'
import { Turns, turnTimes, type Brings, type EventsPartner, type ResultsPartner, type TurnPartners } from '../turns/turns.js'
import { LanePoll } from './lane-poll.js'
import { OwnSession } from './own-session.js'
import { Shares } from './shares.js'
import type { AttemptRequest, AttemptResult } from '../attempts/attempt.js'
import type { DelivererLimits } from '../sending/deliverer-limits.js'
import type { WorkTime } from '../sending/headroom.js'
import type { LookRequest } from '../lanes/lanes.js'
import type { LiveNode } from '../lanes/sessions.js'
import type { Target } from '../attempts/target.js'
import type { Appended } from '../events/append.js'
import type { NewEvent } from '../events/event.js'
import type { Parked } from '../outbox/parked.js'
import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Turn, TurnResult } from '../turns/turn.js'
import type { Member, News, Wakeup } from '../wakeup/wakeup.js'
import type { Engine } from './engine.js'

type Settling = ReturnType<Deliverer['takeSettlements']>[number]

export interface NodeSurroundings {
  store: Store
  clock: Clock
  /** This node's own name: a restart under the same name frees what the last run held. */
  node: string
  formats: readonly FormatDefinition[]
  send(request: AttemptRequest, done: (result: AttemptResult) => void): void
  loadTargets(endpointIds: number[], formats: ReadonlyMap<number, Format>): Promise<Target[]>
  observer: NodeObserver
  userAgent: string
  /** Tells and hears of whatever others should know at once. */
  wakeup: Wakeup
  /** What it leaves to other nodes: to make deliveries of events, and to send them. Neither is left, unless it says so. */
  dispatches?: boolean | undefined
  delivers?: boolean | undefined
  /** What is done now and then beside the deliveries: retention, replays. */
  housekeeping?: (node: Node) => readonly Chore[]
  /** Real time, unless a simulation makes its own. */
  pace?: Pace
  limits?: DelivererLimits
}

/** Who wants to know what happens: the log and the metrics. */
export interface NodeObserver {
  accepted(count: number): void
  attempt(attempt: ObservedAttempt): void
  committed(events: number, durationMs: number): void
  /** Events of the outbox that no stream could take. */
  parked(events: readonly Parked[]): void
  report(error: unknown, what: string): void
}

export const nodeTimes = { findUnheardMs: 250, findMissedMs: 1_000, findIdleMs: 5_000, stopWithinMs: 20_000 } as const

/** One running Posthorn: its session, its lanes, and the loops that keep them going. */
export class Node implements Engine {
  readonly store: Store
  readonly #around: NodeSurroundings
  readonly #pace: Pace
  readonly #deliverer: Deliverer
  readonly #turns: Turns<Settling>
  /**
   * Brings the results of attempts to the database. On SQLite they ride with the publishes, as one commit for both is one
   * wait for the disk. On PostgreSQL they have a loop of their own: so whoever publishes does not wait for what another
   * organization's backlog brings, and that goes on as fast as it can. (Dispatch in a third loop, beside the next append,
   * made nobody wait less: on two cores each only took longer.)
   */
  readonly #settling: Turns<Settling>
  readonly #relay: OutboxRelay
  readonly #session: OwnSession
  readonly #lanePoll: LanePoll
  readonly #formats = new Map<number, Format>()
  readonly #stopChores: (() => void)[] = []
  readonly #member: Member
  #shares: Shares
  /** How far others' organizations with undispatched events were read when this node last looked. */
  #lastSeen: ReadonlyMap<number, number> = new Map()
  /** By how much the database's clock is ahead of this process's: due dates follow the database's. */
  #clockOffsetMs = 0
  #isStopped = false

  private constructor(around: NodeSurroundings) {
    this.#around = around
    this.#pace = around.pace ?? systemPace
    this.store = around.store
    this.#shares = new Shares(around.node, [this.#self])
    const report = (error: unknown, what: string): void => around.observer.report(error, what)
    this.#session = new OwnSession({
      store: this.store, pace: this.#pace, self: this.#self, report, isStopped: () => this.#isStopped,
      lost: () => this.#deliverer.reset(), begunAnew: () => this.#goOnAnew(),
    })
    this.#member = around.wakeup.join((news) => this.#hear(news))
    const loop = (brings: Brings): Turns<Settling> => new Turns(this.#partners(brings), this.#pace, turnTimes[brings])
    this.#turns = loop(around.store.dialect === 'sqlite' ? 'everything' : 'events')
    this.#settling = around.store.dialect === 'sqlite' ? this.#turns : loop('results')
    this.#relay = new OutboxRelay({
      look: (limit) => this.store.query('waitingInOutbox', { limit }),
      move: (ids) => this.store.command('relayRows', { ids, at: this.#now() }),
      appended: (appended) => this.streamsMoved([...new Set(appended.events.map((event) => event.organizationId))], appended),
      parked: (events) => around.observer.parked(events),
      report,
      random: () => around.clock.random(),
      after: (ms, callback) => this.#pace.after(ms, callback),
      monotonic: () => this.#pace.monotonic(),
    })
    this.#deliverer = new Deliverer({
      now: () => this.#now(),
      random: () => around.clock.random(),
      after: (ms, callback) => around.clock.after(ms, callback),
      soon: (callback) => this.#pace.soon(callback),
      workTimes: () => this.#workTimes(),
      send: around.send,
      format: (id) => this.#formats.get(id),
      loadTargets: (ids) => around.loadTargets(ids, this.#formats),
      look: (requests) => this.#look(requests),
      returnToWaiting: (items, delayMs) => this.#session.owned(this.store.command('returnToWaiting', { session: this.#session.token, deliveries: items.map(({ eventId, endpointId }) => ({ eventId, endpointId })), delayMs })),
      wantSettling: () => this.#settling.want(),
      wantRelease: () => this.#turns.want(),
      mayStart: () => this.#session.isSurelyOurs,
      observe: (observed) => around.observer.attempt(observed),
      report,
      userAgent: around.userAgent,
    }, around.limits)
    this.#lanePoll = new LanePoll({ store: this.store, pace: this.#pace, session: this.#session, deliverer: this.#deliverer, now: () => this.#now(), slices: () => this.#shares.delivered, report })
  }

  /** Begins a session, takes up what an earlier run left, and starts delivering. */
  static async start(around: NodeSurroundings): Promise<Node> {
    const node = new Node(around)
    for (const { id, definition } of await node.store.command('registerFormats', { definitions: around.formats })) node.#formats.set(id, new Format(definition))
    await node.#readClock()
    await node.#session.begin()
    await node.#readShares()
    node.#tell({ nodes: true })
    await node.#findUndispatched()
    node.#every(renewEveryMs, () => node.#renew())
    node.#every(nodeTimes.findIdleMs, () => node.#deliverer.findIdle())
    node.#every(renewEveryMs, async () => { if (await node.store.command('fenceDeadSessions', {}) > 0) node.wake() })
    if (node.store.dialect === 'postgres') {
      node.#every(nodeTimes.findMissedMs, () => node.#findUndispatched({ isLastLook: true }))
      node.#every(nodeTimes.findUnheardMs, () => node.#findUnheard())
    }
    for (const chore of around.housekeeping?.(node) ?? []) node.#startChore(chore)
    await node.#poll()
    if (node.#self.dispatches) node.#relay.start({ polls: node.store.dialect === 'postgres' })
    return node
  }

  async publish(events: readonly NewEvent[]): Promise<Appended[]> {
    const organizations = [...new Set(events.map((event) => event.organizationId))]
    for (const id of organizations) this.#deliverer.published(id)
    const appended = await this.#turns.append(events)
    this.#around.observer.accepted(events.length)
    this.#tell({ streams: organizations })
    return appended
  }

  wake(): void {
    this.#tell({ lanes: true })
    void this.#poll()
  }

  /** `appended`: what moved them, so that it need not be read. */
  streamsMoved(organizationIds: readonly number[], { events, lastIdsBefore }: JustAppended = nothingAppended): void {
    if (organizationIds.length === 0) return
    const ours = { events: events.filter((event) => this.#dispatches(event.organizationId)), lastIdsBefore }
    this.#turns.dispatch(organizationIds.filter((id) => this.#dispatches(id)), ours)
    this.#tell({ streams: organizationIds })
  }

  /** The session that this node's memory hangs on; another one after it was lost. */
  get session(): string { return this.#session.token }

  get load(): { inFlight: number; unsettled: number; lanes: number; publishesWaiting: number } {
    return { inFlight: this.#deliverer.inFlight, unsettled: this.#deliverer.unsettled, lanes: this.#deliverer.laneCount, publishesWaiting: this.#turns.publishesWaiting }
  }

  /** Takes nothing more, finishes what is in flight (at most 20 s), settles it, and gives its lanes back. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    for (const stop of this.#stopChores) stop()
    this.#lanePoll.stop()
    const relayed = this.#relay.stop()
    this.#deliverer.stop()
    const until = performance.now() + nodeTimes.stopWithinMs
    while (this.#deliverer.inFlight > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
    await Promise.race([Promise.all([this.#turns.stop(), this.#settling.stop(), relayed]), new Promise((resolve) => setTimeout(resolve, Math.max(500, until - performance.now())).unref())])
    this.#member.leave()
    await this.#session.end().then(() => this.#tell({ nodes: true, lanes: true }), (error: unknown) => this.#around.observer.report(error, 'The session could not be ended.'))
  }

  #partners(brings: Brings): TurnPartners<Settling> {
    return {
      ...brings !== 'events' && { results: this.#results() },
      ...brings !== 'results' && { events: this.#events() },
      run: (turn, settling, accepted) => this.#runTurn(turn, settling, accepted),
      goOn: () => this.#deliverer.goOn(),
      observeCommit: (events, durationMs) => this.#around.observer.committed(events, durationMs),
      report: (error, what) => this.#around.observer.report(error, what),
    }
  }

  #results(): ResultsPartner<Settling> {
    return {
      take: (atMost) => this.#deliverer.takeSettlements(atMost),
      giveBack: (settling) => this.#deliverer.giveBack(settling),
      withoutDetails: (settling) => ({ ...settling, settlement: withoutDetails(settling.settlement) }),
      settled: (settling, { at, disabledEndpoints, hasAlerts }) => {
        this.#deliverer.settled(settling, at)
        if (disabledEndpoints.length > 0) void this.#poll()
        if (hasAlerts) this.#outboxFilled()
      },
    }
  }

  #events(): EventsPartner {
    return {
      dispatches: (id) => this.#dispatches(id),
      room: () => !this.#self.delivers || this.#session.isBeginning ? 0 : this.#deliverer.room,
      fullLanes: () => this.#deliverer.fullLanes(),
      lanesToRelease: () => this.#deliverer.lanesToRelease(),
      turnEnded: ({ released, dispatched }) => {
        this.#deliverer.released(released)
        if (dispatched !== undefined) this.#deliverer.handed(dispatched)
        this.#deliverer.turnEnded()
        if (released.length > 0 || dispatched?.woken === true) void this.#poll()
        if (dispatched?.wokenElsewhere === true) this.#tell({ lanes: true })
      },
    }
  }

  async #runTurn(turn: Omit<Turn, 'session' | 'settlements'>, settling: Settling[], accepted: (appended: readonly Appended[]) => void): Promise<TurnResult> {
    const { token: session } = this.#session
    const whole: Turn = { ...turn, session, settlements: settling.map(({ settlement }) => settlement) }
    const run = (part: Turn): Promise<TurnResult> => this.#session.owned(this.store.command('turn', part))
    const result = this.store.dialect === 'sqlite' ? await run(whole) : await turnInTwo(run, whole, accepted)
    if (result.isOwnershipUnknown === true || [result.dispatchError, result.settleError?.text].some((error) => error?.startsWith('SessionLost'))) void this.#session.beginAnew(session)
    if (this.#session.isStill(session)) return result
    // What was handed over or let go of under a session that has ended since says nothing of the lanes that are ours now.
    return { ...result, released: [], dispatched: result.dispatched && { ...result.dispatched, handed: [], takenLanes: [] } }
  }

  /** A look takes the mark off a lane. Where nobody knows whether it did, newer work could be handed over before what it did not read. */
  async #look(requests: LookRequest[]): ReturnType<DelivererSurroundings['look']> {
    const looked = await this.#session.ownedSurely(this.store.command('lookAtLanes', { session: this.#session.token, requests }))
    this.#lanePoll.lanesRead()
    return looked
  }

  /** Under another session: what was under way with the one before is found again. */
  async #goOnAnew(): Promise<void> {
    await this.#findUndispatched().catch((error: unknown) => this.#around.observer.report(error, 'What was not dispatched could not be read; it is found later.'))
    await this.#poll()
  }

  /**
   * What this node is to dispatch and was not told of, and what others were to and have not since the last look: whoever
   * appended it, or whose it is, may not have lived to. `isLastLook`: it is what the next such look compares with.
   */
  async #findUndispatched({ isLastLook = false } = {}): Promise<void> {
    if (!this.#self.dispatches) return
    const found = await this.store.query('undispatched', {})
    const others = found.filter(({ organizationId }) => !this.#dispatches(organizationId))
    const missed = others.filter(({ organizationId, dispatchedId }) => this.#lastSeen.get(organizationId) === dispatchedId)
    if (isLastLook) this.#lastSeen = new Map(others.map(({ organizationId, dispatchedId }) => [organizationId, dispatchedId]))
    this.#turns.dispatch([...found.filter(({ organizationId }) => this.#dispatches(organizationId)), ...isLastLook ? missed : []].map(({ organizationId }) => organizationId))
  }

  /** Who else is there, and what of the organizations is ours by that. */
  async #readShares(): Promise<void> {
    if (this.store.dialect === 'sqlite') return
    const nodes = await this.store.query('liveNodes', {})
    // It may have been asked while this node's own session was doubtful.
    this.#shares = new Shares(this.#around.node, [...nodes.filter(({ node }) => node !== this.#around.node), this.#self])
    if (this.#self.delivers) this.#deliverer.leave((id) => this.#shares.delivers(id))
  }

  get #self(): LiveNode {
    return { node: this.#around.node, dispatches: this.#around.dispatches ?? true, delivers: this.#around.delivers ?? true }
  }

  #dispatches(organizationId: number): boolean {
    return this.#shares.dispatches(organizationId)
  }

  /** Whoever is alone has nobody to tell but those in this process. */
  #tell(news: News): void {
    this.#member.tell(news, this.#shares.hasOthers ? 'everybody' : 'this process')
  }

  #hear({ streams, lanes, outbox, nodes }: News): void {
    if (this.#isStopped || this.#session.token === '') return
    const hearing = async (): Promise<void> => {
      if (nodes === true) await this.#readShares()
      if (streams === 'all') await this.#findUndispatched()
      else this.#turns.dispatch((streams ?? []).filter((id) => this.#dispatches(id)))
      if (lanes === true) await this.#poll()
      if (outbox === true && this.#self.dispatches) this.#relay.wake()
    }
    hearing().catch((error: unknown) => this.#around.observer.report(error, 'What another node told could not be followed; it is found later.'))
  }

  #outboxFilled(): void {
    if (this.#self.dispatches) this.#relay.wake()
    else this.#tell({ outbox: true })
  }

  /** What was told, and could not be heard. */
  async #findUnheard(): Promise<void> {
    if (this.#shares.hasOthers && !this.#around.wakeup.isHeard) await this.#findUndispatched()
  }

  async #renew(): Promise<void> {
    await this.#readClock()
    await this.#readShares()
    await this.#session.renew()
    this.#deliverer.goOn()
  }

  #workTimes(): WorkTime[] {
    const writerMs = this.store.writerActiveMs?.()
    return writerMs === undefined ? [this.#pace.loopTime()] : [this.#pace.loopTime(), { activeMs: writerMs, idleMs: this.#pace.monotonic() - writerMs }]
  }

  #now(): number {
    return this.#around.clock.now() + this.#clockOffsetMs
  }

  /** A process has its own clock, which may be wrong by minutes; a difference within the time of asking is none. */
  async #readClock(): Promise<void> {
    if (this.store.dialect === 'sqlite') return
    const before = this.#around.clock.now()
    const { now } = await this.store.query('ping', {})
    const after = this.#around.clock.now()
    const offsetMs = now - Math.round((before + after) / 2)
    this.#clockOffsetMs = Math.abs(offsetMs) <= after - before + 20 ? 0 : offsetMs
  }

  async #poll(): Promise<void> {
    if (this.#self.delivers) await this.#lanePoll.look()
  }

  #every(everyMs: number, work: () => void | Promise<void>): void {
    this.#startChore({ everyMs, work: async () => { await work(); return false } })
  }

  #startChore(chore: Chore): void {
    this.#stopChores.push(startChore(chore, (error) => this.#around.observer.report(error, 'Something periodic failed; it is tried again at its next time.'), this.#pace))
  }
}
