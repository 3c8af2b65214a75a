import { Problem } from '../problems/problem.js'
import { isOutcomeUnknown } from '../storage/database-away.js'
import { systemPace, type Pace } from './pace.js'
import type { Appended } from '../events/append.js'
import type { NewEvent } from '../events/event.js'
import { storedEvents, type Turn, type TurnResult } from './turn.js'
import type { Database } from '../storage/database.js'

export const turnLimits = {
  /** Events that commit together at most. */
  maxEvents: 500,
  maxBytes: 8 * 1024 * 1024,
  maxSettlements: 1_000,
  /** Fewer ride with publishes, as whoever publishes waits for them too: some, and some more for each publish. */
  settlementsBeside: { least: 50, perPublish: 3 },
  /** Events that dispatch reads in a turn. */
  maxDispatched: 1_000,
  /** Deliveries that dispatch makes in a turn, but for those of one event: a thousand events to as many endpoints would be a million rows. */
  maxDeliveries: 10_000,
  /** Publishes that may wait for a commit; more are told to come back. */
  maxWaiting: 20_000,
  /**
   * How far apart turns begin: what a turn costs by itself is shared by all that come along. After one that brought few
   * publishes the next comes soon; the more it brought, the more may gather. A turn on PostgreSQL is three transactions
   * over a network, whose statements cost nearly as much for ten as for thirty.
   */
  apart: { sqlite: { leastMs: 3, mostMs: 9 }, postgres: { leastMs: 9, mostMs: 9 } },
  apartMsPerPublish: 0.25,
  /** How long results wait for a publish to ride with, when nothing else wants a commit; where none ever rides with them, for each other. */
  settleWithinMs: { sqlite: 10, postgres: 20 },
  /** An organization that another node is just dispatching is looked at again after this. */
  skippedAgainMs: 10,
} as const

/** What the loop takes from and gives to the rest of the node, each time round. */
export interface TurnPartners<Settling> {
  takeSettlements(atMost: number): Settling[]
  giveBackSettlements(settling: Settling[]): void
  /** What is left of a settlement that the database refuses. */
  withoutDetails(settling: Settling): Settling
  lanesToRelease(): number[]
  /** The turn came to nothing: what was to be let go of has stayed. */
  notReleased(): void
  /** Whose events are this node's to dispatch; those of others' it only appends. */
  dispatches(organizationId: number): boolean
  room(): number
  fullLanes(): number[]
  /** `accepted` may be called as soon as the events are on stable storage, before the turn has come to its end. */
  run(turn: Omit<Turn, 'session' | 'settlements'>, settling: Settling[], accepted: (appended: readonly Appended[]) => void): Promise<TurnResult>
  /** Memory takes in what the turn brought, and starts nothing yet. */
  done(turn: { released: readonly number[]; settling: Settling[]; result: TurnResult }): void
  /** Starts what memory holds: called once the next turn is under way, if there is to be one. */
  goOn(): void
  observeCommit(events: number, durationMs: number): void
  report(error: unknown, what: string): void
}

export interface TurnTimes { apart: { leastMs: number; mostMs: number }; settleWithinMs: number }

export function turnTimesOn(dialect: Database['dialect']): TurnTimes {
  return { apart: turnLimits.apart[dialect], settleWithinMs: turnLimits.settleWithinMs[dialect] }
}

interface Waiting { event: NewEvent; resolve: (appended: Appended) => void; reject: (error: Error) => void }

/**
 * The loop that brings what gathers in memory to the database: one turn after another, each one transaction. While one
 * commits, the next gathers, so the busier it gets the less each event costs.
 */
export class Turns<Settling> {
  #waiting: Waiting[] = []
  #waitingFirst = 0
  readonly #dirty = new Set<number>()
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

  constructor(private readonly partners: TurnPartners<Settling>, private readonly pace: Pace = systemPace, private readonly times: TurnTimes = turnTimesOn('sqlite')) {
    this.#apartMs = times.apart.leastMs
  }

  get publishesWaiting(): number { return this.#waiting.length - this.#waitingFirst }

  /** Each event's fate, once it is on stable storage. */
  append(events: readonly NewEvent[]): Promise<Appended[]> {
    if (this.#isStopping) return Promise.reject(new Problem('unavailable', 'The server is stopping.', { retryAfterSeconds: 2 }))
    if (this.publishesWaiting + events.length > turnLimits.maxWaiting) return Promise.reject(new Problem('overloaded', `${this.publishesWaiting} publishes wait for the database.`, { retryAfterSeconds: 1 }))
    this.#schedule(true)
    if (events.length === 1) return this.#wait(events[0] as NewEvent).then((appended) => [appended])
    return Promise.all(events.map((event) => this.#wait(event)))
  }

  /** These organizations' streams have moved by other means than `append`. */
  dispatch(organizations: Iterable<number>): void {
    // Whoever starts next finds by itself what was not dispatched.
    if (this.#isStopping) return
    for (const id of organizations) this.#dirty.add(id)
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
    if (this.#isRunning || this.publishesWaiting > 0 || this.#wantsTurn) await new Promise<void>((resolve) => this.#idle.push(resolve))
    this.#isOver = true
  }

  #wait(event: NewEvent): Promise<Appended> {
    return new Promise((resolve, reject) => this.#waiting.push({ event, resolve, reject }))
  }

  #schedule(isUrgent: boolean): void {
    if (this.#isOver || this.#isRunning || (this.#isScheduled && (this.#isSoon || !isUrgent))) return
    this.#isScheduled = true
    this.#isSoon = isUrgent
    const sinceMs = this.pace.monotonic() - this.#lastStartAt
    const waitMs = isUrgent ? this.#apartMs - sinceMs : this.times.settleWithinMs - sinceMs
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
    const publishes = this.#takePublishes()
    this.#apartMs = Math.min(this.times.apart.mostMs, this.times.apart.leastMs + publishes.length * turnLimits.apartMsPerPublish)
    const settleAtMost = Math.min(this.#settleAtMost, publishes.length > 0 ? settlementsBeside(publishes.length) : turnLimits.maxSettlements)
    const settling = this.partners.takeSettlements(settleAtMost)
    const release = this.partners.lanesToRelease()
    const organizations = [...this.#dirty]
    const elsewhere = [...new Set(publishes.map(({ event }) => event.organizationId).filter((id) => !this.partners.dispatches(id)))]
    this.#dirty.clear()
    this.#wantsTurn = false

    let isAccepted = false
    const accept = (appended: readonly Appended[]): void => {
      if (isAccepted) return
      isAccepted = true
      if (publishes.length > 0) this.partners.observeCommit(publishes.length, this.pace.monotonic() - this.#lastStartAt)
      for (const [i, { resolve }] of publishes.entries()) resolve(appended[i] as Appended)
    }
    try {
      const result = await this.partners.run({
        events: publishes.map(({ event }) => event), release,
        dispatch: { organizations, elsewhere, limit: turnLimits.maxDispatched, deliveries: turnLimits.maxDeliveries, room: this.partners.room(), fullLanes: this.partners.fullLanes() },
      }, settling, accept)
      accept(result.appended)
      for (const id of result.dispatched?.behind ?? []) this.#dirty.add(id)
      const skipped = result.dispatched?.skipped ?? []
      if (skipped.length > 0) this.pace.after(turnLimits.skippedAgainMs, () => this.dispatch(skipped))
      // What was appended just now did not come back: it is here.
      if (result.dispatched !== undefined) result.dispatched.events.push(...storedEvents(publishes.map(({ event }) => event), result.appended))
      if (result.dispatchError !== undefined) this.#dispatchAgain(result.dispatchError, [...organizations, ...publishes.map(({ event }) => event.organizationId).filter((id) => this.partners.dispatches(id))])
      if (result.settleError !== undefined) this.#settleAgain(result.settleError, settling)
      else this.#settleAtMost = Math.min(turnLimits.maxSettlements, this.#settleAtMost * 2)
      // There may be more than was taken.
      if (settling.length > 0 && settleAtMost < turnLimits.maxSettlements) this.#wantsTurn = true
      this.partners.done({ released: result.released, settling: result.settleError === undefined ? settling : [], result })
    } catch (error) {
      // What is stored must not be stored again; what was not dispatched of it is.
      const undispatched = isAccepted ? publishes.map(({ event }) => event.organizationId).filter((id) => this.partners.dispatches(id)) : []
      await this.#recover(error as Error, isAccepted ? [] : publishes, settling, [...organizations, ...undispatched])
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

  #takePublishes(): Waiting[] {
    let end = this.#waitingFirst
    let bytes = 0
    while (end < this.#waiting.length && end - this.#waitingFirst < turnLimits.maxEvents && bytes < turnLimits.maxBytes) bytes += (this.#waiting[end++] as Waiting).event.bytes
    const taken = this.#waiting.slice(this.#waitingFirst, end)
    this.#waitingFirst = end
    if (end === this.#waiting.length || end > 4_096) {
      this.#waiting = this.#waiting.slice(end)
      this.#waitingFirst = 0
    }
    return taken
  }

  /** One settlement may be to blame for all: the next turns take half as many each, until that one is alone. */
  #settleAgain({ text, isOfData }: NonNullable<TurnResult['settleError']>, settling: Settling[]): void {
    this.partners.report(new Error(text), 'Attempts could not be settled; they are tried again.')
    const [only] = settling
    const isAlone = isOfData && settling.length === 1 && only !== undefined
    this.partners.giveBackSettlements(isAlone ? [this.partners.withoutDetails(only)] : settling)
    if (isOfData) this.#settleAtMost = Math.max(1, Math.floor(settling.length / 2))
    this.pace.after(50, () => this.want(), { mayEnd: true })
  }

  #dispatchAgain(why: string, organizations: number[]): void {
    this.partners.report(new Error(why), 'Events could not be dispatched; they are tried again.')
    this.pace.after(250, () => this.dispatch(organizations), { mayEnd: true })
  }

  /**
   * The transaction did not commit. Settlements are kept and tried again. Publishes are refused when the database is away
   * or full; when one of them cannot be stored, the batch is halved until that one is alone and only it is refused.
   */
  async #recover(error: Error, publishes: Waiting[], settling: Settling[], organizations: number[]): Promise<void> {
    this.partners.giveBackSettlements(settling)
    this.partners.notReleased()
    for (const id of organizations) this.#dirty.add(id)
    if (isAway(error) || publishes.length === 0) {
      this.partners.report(error, 'A turn could not be committed.')
      const problem = isOutcomeUnknown(error)
        ? new Problem('unavailable', 'The connection to the database was cut; whether this was stored is not known.', { retryAfterSeconds: 2, cause: error, fix: 'Publish it again with the same id or Idempotency-Key after the time in Retry-After; it is stored once.' })
        : new Problem('unavailable', 'The database cannot take events now; nothing of this request was stored.', { retryAfterSeconds: 2, cause: error })
      for (const { reject } of publishes) reject(problem)
      await new Promise<void>((resolve) => this.pace.after(200, resolve))
      this.#wantsTurn = true
      return
    }
    await this.#appendHalves(publishes, error)
    this.#wantsTurn = true
  }

  async #appendHalves(publishes: Waiting[], error: Error): Promise<void> {
    if (publishes.length === 1) {
      this.partners.report(error, 'An event could not be stored and was refused.')
      publishes[0]?.reject(new Problem('internal', 'This event could not be stored.', { cause: error }))
      return
    }
    const middle = Math.ceil(publishes.length / 2)
    for (const half of [publishes.slice(0, middle), publishes.slice(middle)]) {
      try {
        const result = await this.partners.run({ events: half.map(({ event }) => event), release: [], dispatch: undefined }, [], () => {})
        for (const [i, { event, resolve }] of half.entries()) {
          if (this.partners.dispatches(event.organizationId)) this.#dirty.add(event.organizationId)
          resolve(result.appended[i] as Appended)
        }
      } catch (problem) {
        await this.#appendHalves(half, problem as Error)
      }
    }
  }
}

function settlementsBeside(publishes: number): number {
  const { least, perPublish } = turnLimits.settlementsBeside
  return Math.min(turnLimits.maxSettlements, least + publishes * perPublish)
}

/** The database is away, busy or full: the same work may succeed later. */
export function isAway(error: Error & { code?: string }): boolean {
  return error.name === 'SessionLost' || error.name === 'DatabaseAway' || (error.code !== undefined && /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN)/.test(error.code)) || /database thread has ended/.test(error.message)
}
