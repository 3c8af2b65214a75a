import { append, appendKnowing, type Appended } from '../events/append.js'
import { dispatch, type Dispatched, type JustAppended, type Subscribers } from '../dispatch/dispatch.js'
import { settle, type Settled, type Settlement } from '../deliveries/settle.js'
import { releaseLanes } from '../deliveries/lanes.js'
import { proveSession } from '../deliveries/sessions.js'
import { oneAtATime } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'
import type { NewEvent } from '../events/event.js'

/** What a node's memory brings to one transaction. */
export interface Turn {
  session: string
  settlements: readonly Settlement[]
  events: readonly NewEvent[]
  /** Organizations whose streams are known to have moved; those of `events` are added. Undefined: a node that does not dispatch. */
  dispatch: { organizations: readonly number[]; limit: number; room: number; fullLanes: readonly number[] } | undefined
  /** Lanes that have been idle for long, or must stop. */
  release: readonly number[]
}

export interface TurnResult {
  appended: Appended[]
  settled: Settled | undefined
  dispatched: Dispatched | undefined
  /** Why nothing was dispatched though it was asked for: the next turn tries again. */
  dispatchError: string | undefined
}

/** State that operations keep between calls: one for each opened database, never global. */
export interface Memory { subscribers: Subscribers }

/**
 * One transaction of settle, append and dispatch: on one disk, three commits would cost three times the wait. Dispatch
 * stands in a savepoint, so that it can never fail a publish.
 */
export async function turn(db: Database, input: Turn, memory: Memory): Promise<TurnResult> {
  return db.transaction(async (tx) => {
    const settled = input.settlements.length > 0 ? await settle(tx, input.session, input.settlements) : undefined
    const { results: appended, lastIdsBefore } = input.events.length > 0 ? await appendKnowing(tx, input.events) : { results: [], lastIdsBefore: new Map<number, number>() }
    const { dispatched, dispatchError } = await tryToDispatch(tx, input, memory, { events: storedEvents(input.events, appended), lastIdsBefore })
    return { appended, settled, dispatched, dispatchError }
  })
}

/** Events as the stream has them now, in its order; what was not appended is not among them. */
export function storedEvents(events: readonly NewEvent[], appended: readonly Appended[]): JustAppended['events'] {
  return events.flatMap((event, i) => {
    const result = appended[i]
    if (result?.kind !== 'appended') return []
    return [{ id: result.id, organizationId: event.organizationId, type: event.type, data: event.data, givenId: event.givenId ?? null, occurredAt: event.occurredAt, onlyEndpointId: event.onlyEndpointId ?? null }]
  })
}

async function tryToDispatch(tx: Database, { session, events, release, dispatch: wanted }: Turn, memory: Memory, appended: JustAppended): Promise<Pick<TurnResult, 'dispatched' | 'dispatchError'>> {
  const organizations = [...new Set([...(wanted?.organizations ?? []), ...events.map((event) => event.organizationId)])]
  if ((wanted === undefined || organizations.length === 0) && release.length === 0) return { dispatched: undefined, dispatchError: undefined }
  try {
    const dispatched = await tx.transaction(async (point) => {
      await proveSession(point, session)
      if (release.length > 0) await releaseLanes(point, session, release)
      if (wanted === undefined || organizations.length === 0) return undefined
      return dispatch(point, { ...wanted, session, organizations }, memory.subscribers, appended)
    })
    return { dispatched, dispatchError: undefined }
  } catch (error) {
    return { dispatched: undefined, dispatchError: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

/** Moves what waits in the outbox into the streams, oldest first, and tells which organizations' streams moved. */
export async function relayOutbox(db: Database, { limit, at }: { limit: number; at: number }): Promise<{ moved: number; organizations: number[]; more: boolean }> {
  return db.transaction(async (tx) => {
    // Two side by side would put the events of one transaction into the stream in another order.
    await oneAtATime(tx, 'relay the outbox')
    const rows = await tx.all<{ id: number; organization_id: number | null; type: string; data: string; key: string | null; origin: number; created_at: number }>(sql`
      select x.id, o.id as organization_id, x.type, x.data, x.key, x.origin, x.created_at
      from outbox x left join organizations o on o.public_id = x.organization
      where x.problem is null order by x.id limit ${limit}`)
    // A row that no stream can take is parked with its reason; it must not stop those behind it.
    const parked = rows.filter((row) => row.organization_id === null)
    for (const row of parked) await tx.run(sql`update outbox set problem = 'no such organization' where id = ${row.id}`)

    const good = rows.filter((row) => row.organization_id !== null)
    if (good.length > 0) {
      await append(tx, good.map((row) => ({
        organizationId: row.organization_id as number, type: row.type, data: row.data, occurredAt: row.created_at, createdAt: at,
        origin: row.origin as NewEvent['origin'], bytes: row.data.length,
        keys: row.key === null ? undefined : [{ key: row.key, digest: '' }],
      })))
      for (const row of good) await tx.run(sql`delete from outbox where id = ${row.id}`)
    }
    return { moved: good.length, organizations: [...new Set(good.map((row) => row.organization_id as number))], more: rows.length === limit }
  })
}
