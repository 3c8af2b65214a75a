import type { Change, Transaction } from './model-server.test.support.js'
import type { Row } from './read-sql.test.support.js'
import type { World } from './world.test.support.js'

/** What must never happen. */
export type Broken = 'lost' | 'stuck' | 'duplicate without a fault' | 'stale settlement applied' | 'order inverted' | 'settled went back to pending' | 'replay swallowed' | 'fault of our own'

export interface Violation { broken: Broken; what: string; step: number }

/** A request of an attempt, as the world saw it. */
export interface Sent {
  by: string
  eventId: number
  endpointId: number
  /** How many replays were accepted before it was sent. */
  round: number
  sentAt: number
  receivedAt: number | undefined
  /** What the endpoint answered; `lost`: 200, but nobody heard of it. */
  answer: Answer | undefined
  /** When the node knew what came of it, and when that was committed. */
  endedAt: number | undefined
  settledAt: number | undefined
}
export type Answer = 'accepted' | 'refused' | 'closed' | 'hung' | 'lost'

/** Harm that was done to a node; `until` it knew of it, or was over it. */
export interface Fault { by: string; kind: string; from: number; until: number }

interface Known {
  eventId: number
  endpointId: number
  row: Row
  round: number
  requests: Sent[]
  firstAcceptedAt: number | undefined
  hasEnded: boolean
  /** An accepted replay for which nothing has been sent yet. */
  isReplayOwed: boolean
}

/** Watches every commit and every request, and says what is broken as soon as it is. It knows nothing of how the engine works. */
export class Ledger {
  readonly counts = { accepted: 0, deliveries: 0, requests: 0, succeeded: 0, dead: 0, discarded: 0, replays: 0, duplicates: 0, faults: {} as Record<string, number> }
  readonly accepted = new Map<number, number>()
  violation: Violation | undefined
  /** When a delivery last changed. */
  lastMovedAt = 0
  readonly #known = new Map<string, Known>()
  readonly #pending = new Set<Known>()
  readonly #faults: Fault[] = []
  readonly #lastInOrder = new Map<number, number>()

  constructor(private readonly world: World, private readonly isStrict: (endpointId: number) => boolean, private readonly hasEnded: (eventId: number, endpointId: number) => void) {}

  break(broken: Broken, what: string): void {
    this.violation ??= { broken, what, step: this.world.steps }
  }

  fault(by: string, kind: string): Fault {
    const fault: Fault = { by, kind, from: this.world.now, until: Infinity }
    this.#faults.push(fault)
    this.counts.faults[kind] = (this.counts.faults[kind] ?? 0) + 1
    this.world.tell('fault', kind, by)
    return fault
  }

  /** The node has nothing left of what it held in memory. */
  beganAnew(by: string): void {
    for (const fault of this.#faults) if (fault.by === by) fault.until = Math.min(fault.until, this.world.now)
  }

  sent(by: string, eventId: number, endpointId: number): Sent {
    const known = this.#of(eventId, endpointId)
    const sent: Sent = { by, eventId, endpointId, round: known?.round ?? 0, sentAt: this.world.now, receivedAt: undefined, answer: undefined, endedAt: undefined, settledAt: undefined }
    this.counts.requests++
    this.world.tell(by, 'sends', name(eventId, endpointId))
    if (known === undefined) this.break('fault of our own', `${by} sent ${name(eventId, endpointId)}, which was never committed.`)
    else {
      known.isReplayOwed = false
      known.requests.push(sent)
    }
    return sent
  }

  received(sent: Sent, answer: Answer): void {
    const { eventId, endpointId } = sent
    sent.receivedAt = this.world.now
    sent.answer = answer
    this.world.tell('endpoint', `${answer === 'lost' ? 'accepted, but its answer was lost' : answer}:`, name(eventId, endpointId), `from ${sent.by}`)
    const known = this.#of(eventId, endpointId)
    if (known === undefined) return
    for (const earlier of known.requests) if (earlier !== sent && earlier.round === sent.round && earlier.sentAt <= sent.sentAt) this.#judgeTwice(earlier, sent)
    if (answer === 'accepted' || answer === 'lost') this.#judgeOrder(known)
  }

  ended(sent: Sent): void {
    sent.endedAt = this.world.now
  }

  committed(transaction: Transaction, changes: readonly Change[]): void {
    for (const { table, before, after } of changes) {
      if (table === 'deliveries' && after !== null) this.#delivery(transaction, before, after)
      if (table === 'sessions' && (before === null) !== (after === null)) this.#session(transaction, before, after)
      if (table === 'endpoints') this.world.tell(transaction.by, `committed (${transaction.what})`, `endpoint ${after?.id} is ${after?.state === 0 ? 'enabled' : 'not enabled'}`)
      if (table === 'lanes' && (before?.session !== after?.session || before?.wake_at !== after?.wake_at)) this.world.tell(transaction.by, `committed (${transaction.what})`, `lane of endpoint ${after?.endpoint_id}`, `${after?.session === null ? 'free' : after?.session}${after?.wake_at === null ? '' : ', marked'}`)
    }
  }

  /** What is on its way still, in words. */
  unfinished(endpointsOf: (organizationId: number) => readonly number[]): string[] {
    if (this.#pending.size > 0) return [...this.#pending].map((known) => `${name(known.eventId, known.endpointId)} ${JSON.stringify(known.row)}`)
    return [...this.accepted].flatMap(([eventId, organizationId]) => endpointsOf(organizationId)
      .filter((endpointId) => this.#of(eventId, endpointId) === undefined)
      .map((endpointId) => `${name(eventId, endpointId)}, of which no delivery was made,`))
  }

  /** All has ended: nothing may be lost. Then all of it may be forgotten. */
  settleTheBooks(): void {
    for (const known of this.#known.values()) {
      if (known.row.state === 2 && known.firstAcceptedAt === undefined) this.break('lost', `${name(known.eventId, known.endpointId)} counts as delivered, but its endpoint never accepted it.`)
      if (known.isReplayOwed) this.break('replay swallowed', `${name(known.eventId, known.endpointId)} was replayed, and nothing was sent.`)
    }
    this.#known.clear()
    this.#pending.clear()
    this.#lastInOrder.clear()
    this.#faults.length = 0
    this.accepted.clear()
  }

  /** A delivery that has ended lately, for whoever wants to replay one. */
  recent(most: number): { eventId: number; endpointId: number; row: Row }[] {
    return [...this.#known.values()].slice(-most)
  }

  #of(eventId: number, endpointId: number): Known | undefined {
    return this.#known.get(name(eventId, endpointId))
  }

  #session({ by, what }: Transaction, before: Row | null, after: Row | null): void {
    this.world.tell(by, `committed (${what})`, before === null ? `${after?.token} of ${after?.node} begins` : `${before.token} of ${before.node} ends`)
    if (after !== null) this.beganAnew(String(after.node))
  }

  #delivery(transaction: Transaction, before: Row | null, after: Row): void {
    this.lastMovedAt = this.world.now
    const [eventId, endpointId] = [Number(after.event_id), Number(after.endpoint_id)]
    if (before === null) {
      this.counts.deliveries++
      const known: Known = { eventId, endpointId, row: after, round: 0, requests: [], firstAcceptedAt: undefined, hasEnded: false, isReplayOwed: false }
      this.#known.set(name(eventId, endpointId), known)
      this.#pending.add(known)
      this.world.tell(transaction.by, 'dispatched', name(eventId, endpointId), after.state === 0 ? 'to itself' : 'to be read')
      return
    }
    const known = this.#of(eventId, endpointId)
    if (known === undefined) return
    known.row = after
    const [from, to] = [Number(before.state), Number(after.state)]
    if (to < 2) this.#pending.add(known)
    else this.#pending.delete(known)
    if (from !== to || before.attempts !== after.attempts) this.world.tell(transaction.by, `committed (${transaction.what})`, name(eventId, endpointId), `${stateNames[from]} ${before.attempts} -> ${stateNames[to]} ${after.attempts}`)
    if (transaction.what === 'replayDelivery') this.#replayed(known, from)
    else if (from >= 2 && to < 2) this.break('settled went back to pending', `${name(eventId, endpointId)} was ${stateNames[from]} and is ${stateNames[to]} again, by ${transaction.by}.`)
    // A turn changes a delivery that there is in no other way.
    if (transaction.what === 'turn' || before.attempts !== after.attempts) this.#settled(transaction, known, before, after)
    if (to >= 2 && from < 2) {
      known.hasEnded ||= to !== 2
      this.counts[to === 2 ? 'succeeded' : to === 3 ? 'dead' : 'discarded']++
      if (to === 4) known.isReplayOwed = false
      this.hasEnded(eventId, endpointId)
    }
  }

  #replayed(known: Known, from: number): void {
    this.counts.replays++
    known.round++
    // What was discarded may be on its way yet, and to arrive is all that was asked for.
    known.isReplayOwed = from !== 4
  }

  #settled({ by }: Transaction, known: Known, before: Row, after: Row): void {
    const what = name(known.eventId, known.endpointId)
    if (Number(after.attempts) !== Number(before.attempts) + 1 || Number(before.state) >= 2) this.break('stale settlement applied', `${what} had ${before.attempts} attempts and was ${stateNames[Number(before.state)]}; ${by} made it ${after.attempts} and ${stateNames[Number(after.state)]}.`)
    if (after.state === 2 && !known.requests.some(({ answer }) => answer === 'accepted')) this.break('stale settlement applied', `${what} was settled as delivered by ${by}, and its endpoint gave no such answer.`)
    if (Number(after.state) >= 2 && known.isReplayOwed) this.break('replay swallowed', `${what} was replayed and has ended again, by ${by}, though nothing was sent since.`)
    for (const sent of known.requests) if (sent.by === by && sent.endedAt !== undefined) sent.settledAt ??= this.world.now
  }

  #judgeTwice(earlier: Sent, later: Sent): void {
    const wasAccepted = earlier.answer === 'accepted' || earlier.answer === 'lost'
    const wasOpen = earlier.endedAt === undefined || earlier.endedAt > later.sentAt
    if (!wasAccepted && !wasOpen) return
    this.counts.duplicates++
    if (earlier.answer === 'lost' || this.#isExplained(earlier, later)) return
    this.break('duplicate without a fault', `${name(later.eventId, later.endpointId)} went out again from ${later.by}; ${earlier.by} had sent it ${Math.round(later.sentAt - earlier.sentAt)} ms before${wasOpen ? ', and that request was still open' : ', and it was accepted'}.`)
  }

  /** A fault found the earlier request under way or not yet settled; or who sent the later one had been harmed and did not know yet. */
  #isExplained(earlier: Sent, later: Sent): boolean {
    return this.#faults.some(({ by, from, until }) =>
      (by === earlier.by && earlier.sentAt <= until && (earlier.settledAt ?? Infinity) >= from && from <= this.world.now)
      || (by === later.by && from <= later.sentAt && later.sentAt <= until))
  }

  #judgeOrder(known: Known): void {
    if (known.firstAcceptedAt !== undefined) return
    known.firstAcceptedAt = this.world.now
    if (!this.isStrict(known.endpointId) || known.round > 0 || known.hasEnded) return
    const last = this.#lastInOrder.get(known.endpointId) ?? 0
    if (known.eventId < last) this.break('order inverted', `${name(known.eventId, known.endpointId)} was accepted for the first time after ${name(last, known.endpointId)}, on a strictly ordered endpoint.`)
    this.#lastInOrder.set(known.endpointId, Math.max(last, known.eventId))
  }
}

const stateNames = ['sending', 'waiting', 'succeeded', 'dead', 'discarded']
const firstOfToday = Math.floor(Date.UTC(2026, 0, 15) / 86_400_000) * 2 ** 32

export function name(eventId: number, endpointId: number): string {
  return `event ${eventId - firstOfToday} for endpoint ${endpointId}`
}
