import { followedBy, justAppended, nothingAppended, type JustAppended } from '../dispatch/just-appended.js'
import { Publishes, accept, appendHalves, refuse, type Publish } from './publishes.js'
import { systemPace, type Pace } from '../time/pace.js'
import type { Appended } from '../events/append.js'
import type { Dispatched } from '../dispatch/dispatch.js'
import type { NewEvent } from '../events/event.js'
import type { Settled } from '../deliveries/settle.js'
import type { Turn, TurnResult } from './turn.js'

export const turnLimits = {
  maxSettlements: 1_000,
  /** Fewer ride with publishes, as whoever publishes waits for them too: some, and some more for each publish. */
  settlementsBeside: { least: 50, perPublish: 3 },
  /** Events that dispatch reads in a turn. */
  maxDispatched: 1_000,
  /** Deliveries that dispatch makes in a turn, but for those of one event: a thousand events to as many endpoints would be a million rows. */
  maxDeliveries: 10_000,
  /** Events that are kept in mind, from when they are appended until they are dispatched; of more, all are read again. */
  maxKnown: 1_000,
  maxKnownLength: 8 * 1024 * 1024,
  /** An organization that another node is just dispatching is looked at again after this. */
  skippedAgainMs: 10,
} as const

/** What a loop of turns brings: events and what becomes of them, the results of attempts, or both in one transaction. */
export type Brings = 'events' | 'results' | 'everything'

/**
 * When turns begin. What a turn costs by itself is shared by all that come along: after one that brought few events the next
 * comes soon; the more it brought, the more may gather.
 */
export interface TurnTimes {
  /** How far apart turns begin. */
  apart: { leastMs: number; mostMs: number }
  /** How long what is not urgent waits for something that is, to ride with. */
  waitMs: number
}

const apartMsPerEvent = 0.25

export const turnTimes: Readonly<Record<Brings, TurnTimes>> = {
  everything: { apart: { leastMs: 3, mostMs: 9 }, waitMs: 10 },
  // Transactions over a network, whose statements cost nearly as much for ten as for thirty.
  events: { apart: { leastMs: 9, mostMs: 9 }, waitMs: 20 },
  results: { apart: { leastMs: 9, mostMs: 9 }, waitMs: 20 },
}

/** Whose results a loop brings. */
export interface ResultsPartner<Settling> {
  take(atMost: number): Settling[]
  giveBack(settling: Settling[]): void
  /** What is left of a settlement that the database refuses. */
  withoutDetails(settling: Settling): Settling
  /** Memory takes in that they are settled, and starts nothing yet. */
  settled(settling: readonly Settling[], settled: Settled): void
}

/** Whose events a loop brings, and who sends what becomes of them. */
export interface EventsPartner {
  /** Whose events are this node's to dispatch; those of others' it only appends. */
  dispatches(organizationId: number): boolean
  room(): number
  fullLanes(): number[]
  lanesToRelease(): number[]
  /** Memory takes in what the turn brought, and starts nothing yet. A turn that came to nothing brought nothing: what was to be let go of has stayed. */
  turnEnded(brought: { released: readonly number[]; dispatched: Dispatched | undefined }): void
}

/** What the loop takes from and gives to the rest of the node, each time round. */
export interface TurnPartners<Settling> {
  /** Undefined: another loop's business. */
  results?: ResultsPartner<Settling>
  events?: EventsPartner
  /** `accepted` may be called as soon as the events are on stable storage, before the turn has come to its end. */
  run(turn: Omit<Turn, 'session' | 'settlements'>, settling: Settling[], accepted: (appended: readonly Appended[]) => void): Promise<TurnResult>
  /** Starts what memory holds: called once the next turn is under way, if there is to be one. */
  goOn(): void
  observeCommit(events: number, durationMs: number): void
  report(error: unknown, what: string): void
}

/**
 * A loop that brings what gathers in memory to the database: one turn after another. While one commits, the next gathers, so
 * the busier it gets the less each event costs.
 */
export class Turns<Settling> {
  readonly #publishes = new Publishes()
  readonly #dirty = new Set<number>()
  #known = nothingAppended
  #wantsTurn = false
  #settleAtMost: number = turnLimits.maxSettlements
  #isRunning = false
  #isScheduled = false
  #isSoon = false
  #lastStartAt = 0
  #apartMs: number
  #isStopping = false
  #isOver = false
  #idle: (() => void)[] = []

  constructor(private readonly partners: TurnPartners<Settling>, private readonly pace: Pace = systemPace, private readonly times: TurnTimes = turnTimes.everything) {
    this.#apartMs = times.apart.leastMs
  }

  get publishesWaiting(): number { return this.#publishes.count }

  /** Each event's fate, once it is on stable storage. */
  append(events: readonly NewEvent[]): Promise<Appended[]> {
    const appended = this.#publishes.add(events)
    if (this.#publishes.count > 0) this.#schedule(true)
    return appended
  }

  /** These organizations' streams have moved by other means than `append`; by what, if it is known. */
  dispatch(organizations: Iterable<number>, appended: JustAppended = nothingAppended): void {
    // Whoever starts next finds by itself what was not dispatched.
    if (this.#isStopping) return
    for (const id of organizations) this.#dirty.add(id)
    this.#keepInMind(appended)
    if (this.#dirty.size > 0) this.#schedule(true)
  }

  /** There is something to settle or to release; it need not be this instant. */
  want(): void {
    this.#wantsTurn = true
    this.#schedule(false)
  }

  /** Takes no more publishes, and is fulfilled when nothing is left to commit. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#publishes.close()
    if (this.#isRunning || this.publishesWaiting > 0 || this.#wantsTurn) await new Promise<void>((resolve) => this.#idle.push(resolve))
    this.#isOver = true
  }

  #schedule(isUrgent: boolean): void {
    if (this.#isOver || this.#isRunning || (this.#isScheduled && (this.#isSoon || !isUrgent))) return
    this.#isScheduled = true
    this.#isSoon = isUrgent
    const sinceMs = this.pace.monotonic() - this.#lastStartAt
    const waitMs = isUrgent ? this.#apartMs - sinceMs : this.times.waitMs - sinceMs
    const run = (): void => { if (this.#isScheduled && !this.#isRunning && !this.#isOver) void this.#run() }
    // `soon` lets the requests that are being read in this very tick come along.
    if (waitMs <= 0.5) this.pace.soon(run)
    else this.pace.after(Math.ceil(waitMs), run)
  }

  async #run(): Promise<void> {
    this.#isScheduled = false
    this.#isSoon = false
    this.#isRunning = true
    this.#lastStartAt = this.pace.monotonic()
    const publishes = this.#publishes.take()
    const events = publishes.map(({ event }) => event)
    const known = this.#known
    this.#known = nothingAppended
    this.#apartMs = Math.min(this.times.apart.mostMs, this.times.apart.leastMs + (events.length + known.events.length) * apartMsPerEvent)
    const settleAtMost = Math.min(this.#settleAtMost, publishes.length > 0 ? settlementsBeside(publishes.length) : turnLimits.maxSettlements)
    const { results, events: sending } = this.partners
    const settling = results?.take(settleAtMost) ?? []
    const release = sending?.lanesToRelease() ?? []
    const organizations = new Set([...this.#dirty, ...this.#ours(events)])
    this.#dirty.clear()
    this.#wantsTurn = false

    let isAccepted = false
    const accepted = (appended: readonly Appended[]): void => {
      if (isAccepted) return
      isAccepted = true
      if (publishes.length > 0) this.partners.observeCommit(publishes.length, this.pace.monotonic() - this.#lastStartAt)
      accept(publishes, appended)
    }
    try {
      const result = await this.partners.run({
        events, release, ...(known.events.length > 0 && { appended: known }),
        dispatch: { organizations: [...organizations], limit: turnLimits.maxDispatched, deliveries: turnLimits.maxDeliveries, room: sending?.room() ?? 0, fullLanes: sending?.fullLanes() ?? [] },
      }, settling, accepted)
      accepted(result.appended)
      for (const id of result.dispatched?.behind ?? []) this.#dirty.add(id)
      const skipped = result.dispatched?.skipped ?? []
      if (skipped.length > 0) this.pace.after(turnLimits.skippedAgainMs, () => this.dispatch(skipped))
      // What was in mind, or was appended just now, did not come back: it is here.
      result.dispatched?.events.push(...known.events, ...broughtBy(events, result).events)
      if (result.dispatchError !== undefined) this.#dispatchAgain(result.dispatchError, organizations)
      if (result.settleError !== undefined) this.#settleAgain(result.settleError, settling)
      else this.#settleAtMost = Math.min(turnLimits.maxSettlements, this.#settleAtMost * 2)
      // There may be more than was taken.
      if (settling.length > 0 && settleAtMost < turnLimits.maxSettlements) this.#wantsTurn = true
      if (result.settled !== undefined) results?.settled(settling, result.settled)
      sending?.turnEnded(result)
    } catch (error) {
      // What is stored must not be stored again.
      await this.#recover(error as Error, isAccepted ? [] : publishes, settling, organizations)
    }
    this.#isRunning = false
    this.#goOn()
  }

  /** The next turn comes before what this one brought is answered and sent: meanwhile the database works. */
  #goOn(): void {
    if (this.publishesWaiting > 0 && !this.#isOver && this.pace.monotonic() - this.#lastStartAt >= this.#apartMs) void this.#run()
    else if (this.publishesWaiting > 0 || this.#dirty.size > 0) this.#schedule(true)
    else if (this.#wantsTurn) this.#schedule(false)
    else for (const resolve of this.#idle.splice(0)) resolve()
    this.partners.goOn()
  }

  /** Of the organizations that these events are of, those whose events are this node's to dispatch. */
  #ours(events: readonly { organizationId: number }[]): number[] {
    return events.map((event) => event.organizationId).filter((id) => this.partners.events?.dispatches(id) === true)
  }

  #keepInMind(appended: JustAppended): void {
    if (appended.events.length === 0) return
    const known = followedBy(this.#known, appended)
    const isTooMuch = known.events.length > turnLimits.maxKnown || known.events.reduce((length, event) => length + event.data.length, 0) > turnLimits.maxKnownLength
    this.#known = isTooMuch ? nothingAppended : known
  }

  /** One settlement may be to blame for all: the next turns take half as many each, until that one is alone. */
  #settleAgain({ text, isOfData }: NonNullable<TurnResult['settleError']>, settling: Settling[]): void {
    const { results } = this.partners
    this.partners.report(new Error(text), 'Attempts could not be settled; they are tried again.')
    const [only] = settling
    const isAlone = isOfData && settling.length === 1 && only !== undefined
    results?.giveBack(isAlone ? [results.withoutDetails(only)] : settling)
    if (isOfData) this.#settleAtMost = Math.max(1, Math.floor(settling.length / 2))
    this.pace.after(50, () => this.want(), { mayEnd: true })
  }

  #dispatchAgain(why: string, organizations: ReadonlySet<number>): void {
    this.partners.report(new Error(why), 'Events could not be dispatched; they are tried again.')
    this.pace.after(250, () => this.dispatch(organizations), { mayEnd: true })
  }

  /**
   * The transaction did not commit. Settlements are kept and tried again. Publishes are refused when the database is away
   * or full; when one of them cannot be stored, only it is refused.
   */
  async #recover(error: Error, publishes: Publish[], settling: Settling[], organizations: ReadonlySet<number>): Promise<void> {
    this.partners.results?.giveBack(settling)
    this.partners.events?.turnEnded({ released: [], dispatched: undefined })
    for (const id of organizations) this.#dirty.add(id)
    if (isAway(error) || publishes.length === 0) {
      this.partners.report(error, 'A turn could not be committed.')
      refuse(publishes, error)
      await new Promise<void>((resolve) => this.pace.after(200, resolve))
    } else {
      await appendHalves(publishes, error, (half) => this.#appendAlone(half), (why) => this.partners.report(why, 'An event could not be stored and was refused.'))
    }
    this.#wantsTurn = true
  }

  async #appendAlone(publishes: readonly Publish[]): Promise<readonly Appended[]> {
    const events = publishes.map(({ event }) => event)
    const result = await this.partners.run({ events, release: [], dispatch: undefined }, [], () => {})
    const appended = broughtBy(events, result)
    this.dispatch(this.#ours(appended.events), appended)
    return result.appended
  }
}

function broughtBy(events: readonly NewEvent[], { appended: results, lastIdsBefore = new Map() }: TurnResult): JustAppended {
  return justAppended(events, { results, lastIdsBefore })
}

function settlementsBeside(publishes: number): number {
  const { least, perPublish } = turnLimits.settlementsBeside
  return Math.min(turnLimits.maxSettlements, least + publishes * perPublish)
}

/** The database is away, busy or full: the same work may succeed later. */
export function isAway(error: Error & { code?: string }): boolean {
  return error.name === 'SessionLost' || error.name === 'DatabaseAway' || (error.code !== undefined && /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN)/.test(error.code)) || /database thread has ended/.test(error.message)
}
