import { appendKnowing, type Appended } from '../events/append.js'
import { dispatch, type DispatchRequest, type Dispatched } from '../dispatch/dispatch.js'
import { followedBy, justAppended, nothingAppended, type JustAppended } from '../dispatch/just-appended.js'
import { Subscribers } from '../dispatch/subscribers.js'
import { settle, type Settled, type Settlement } from '../deliveries/settle.js'
import { LaneSearch } from '../lanes/lane-search.js'
import { releaseLanes } from '../lanes/lanes.js'
import { SessionLost, proveSession } from '../lanes/sessions.js'
import { isDatabaseAway, isOutcomeUnknown } from '../storage/database-away.js'
import type { Database } from '../storage/database.js'
import type { NewEvent } from '../events/event.js'

/** What a node's memory brings to one transaction. */
export interface Turn {
  session: string
  settlements: readonly Settlement[]
  events: readonly NewEvent[]
  /** What of the organizations is to be dispatched, once `events` are appended. Undefined: nothing of any. */
  dispatch: Omit<DispatchRequest, 'session'> | undefined
  /** What turns before this one have appended and not dispatched, so that it need not be read. */
  appended?: JustAppended
  /** Lanes that have been idle for long, or must stop. */
  release: readonly number[]
}

export interface TurnResult {
  appended: Appended[]
  /** With what the streams ended before that, where it is dispatched by a transaction of its own. */
  lastIdsBefore?: ReadonlyMap<number, number>
  settled: Settled | undefined
  /** Why nothing was settled though all else was done: it is tried again. `isOfData`: one of the settlements is to blame. */
  settleError: { text: string; isOfData: boolean } | undefined
  /** The lanes that were let go of. */
  released: readonly number[]
  dispatched: Dispatched | undefined
  /** Why nothing was dispatched though it was asked for: the next turn tries again. */
  dispatchError: string | undefined
  /** The connection was cut at the commit of a release or a dispatch: which lanes and deliveries are the session's, nobody knows. */
  isOwnershipUnknown?: boolean
}

/** State that operations keep between calls: one for each opened database, never global. */
export interface Memory { subscribers: Subscribers; lanes: LaneSearch }

export function emptyMemory(): Memory {
  return { subscribers: new Subscribers(), lanes: new LaneSearch() }
}

export function turn(db: Database, input: Turn, memory: Memory): Promise<TurnResult> {
  return db.dialect === 'sqlite' ? turnAtOnce(db, input, memory) : turnApart(db, input, memory)
}

/**
 * One transaction of settle, append and dispatch: on one disk, three commits would cost three times the wait. Dispatch
 * stands in a savepoint, so that it can never fail a publish.
 */
async function turnAtOnce(db: Database, input: Turn, memory: Memory): Promise<TurnResult> {
  try {
    return await db.transaction(async (tx) => {
      const settling = await trySettling(tx, input)
      const appended = await appendAll(tx, input)
      return { appended: appended.results, ...settling, ...await tryToDispatch(tx, input, memory, appended) }
    })
  } catch (error) {
    // Dispatch may have read an endpoint that was just disabled, and now is not.
    memory.subscribers = new Subscribers()
    throw error
  }
}

/**
 * A transaction for each: where there are many nodes, locks of all three in one are locks out of order, and nodes wait for
 * each other crosswise. Settling and appending have nothing to do with each other, so neither waits for the other's disk,
 * and neither's failure is the other's.
 */
async function turnApart(db: Database, input: Turn, memory: Memory): Promise<TurnResult> {
  const [settling, appended] = await Promise.all([
    trySettling(db, input),
    input.events.length > 0 ? db.transaction((tx) => appendAll(tx, input), { commitsWithLast: true }) : appendAll(db, input),
  ])
  return { appended: appended.results, lastIdsBefore: appended.lastIdsBefore, ...settling, ...await tryToDispatch(db, input, memory, appended) }
}

/**
 * A turn in two, where it is several transactions anyway: publishers have their answer as soon as their own has committed,
 * and publish again while what they published is dispatched, so that more of them come together in the next.
 */
export async function turnInTwo(run: (turn: Turn) => Promise<TurnResult>, turn: Turn, accepted: (appended: readonly Appended[]) => void): Promise<TurnResult> {
  const first = await run({ ...turn, release: [], dispatch: undefined, appended: nothingAppended })
  accepted(first.appended)
  const appended = followedBy(turn.appended ?? nothingAppended, justAppended(turn.events, { results: first.appended, lastIdsBefore: first.lastIdsBefore ?? new Map() }))
  const second = await run({ ...turn, settlements: [], events: [], appended })
  return { ...second, appended: first.appended, settled: first.settled, settleError: first.settleError }
}

/** In a transaction or savepoint of its own: what cannot be settled must not keep anybody from publishing. */
async function trySettling(db: Database, { session, settlements }: Turn): Promise<Pick<TurnResult, 'settled' | 'settleError'>> {
  if (settlements.length === 0) return { settled: undefined, settleError: undefined }
  try {
    return { settled: await db.transaction((tx) => settle(tx, session, settlements), { commitsWithLast: true }), settleError: undefined }
  } catch (error) {
    return { settled: undefined, settleError: { text: describe(error), isOfData: !isDatabaseAway(error) && !(error instanceof SessionLost) } }
  }
}

type AllAppended = Awaited<ReturnType<typeof appendKnowing>>

async function appendAll(tx: Database, { events }: Turn): Promise<AllAppended> {
  return events.length > 0 ? appendKnowing(tx, events) : { results: [], lastIdsBefore: new Map() }
}

async function tryToDispatch(db: Database, input: Turn, memory: Memory, justNow: AllAppended): Promise<Pick<TurnResult, 'released' | 'dispatched' | 'dispatchError' | 'isOwnershipUnknown'>> {
  const { session, events, release, dispatch: wanted } = input
  let released: readonly number[] = []
  try {
    if (release.length > 0) {
      await db.transaction(async (tx) => {
        await proveSession(tx, session)
        await releaseLanes(tx, session, release)
      })
      released = release
    }
    if (wanted === undefined || wanted.organizations.length === 0) return { released, dispatched: undefined, dispatchError: undefined }
    const appended = followedBy(input.appended ?? nothingAppended, justAppended(events, justNow))
    const dispatched = await db.transaction((tx) => dispatch(tx, { ...wanted, session }, memory.subscribers, appended), { commitsWithLast: true })
    return { released, dispatched, dispatchError: undefined }
  } catch (error) {
    return { released, dispatched: undefined, dispatchError: describe(error), isOwnershipUnknown: isOutcomeUnknown(error) }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
