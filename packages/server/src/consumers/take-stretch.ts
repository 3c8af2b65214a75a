import { compileSubscriptions } from '../event-types/event-type.js'
import { sql, type Sql } from '../storage/sql.js'
import { park, unpark } from './dead-letters.js'
import { readAhead, readDueDeadLetters, type EventAhead } from './read-ahead.js'
import type { Column, Database } from '../storage/database.js'
import type { ConsumedEvent } from './consumer.js'
import type { CursorKey } from './consume.js'

/** An event as a handler gets it. */
export type HandledEvent = ConsumedEvent & { givenId: string | null }

/** What of a stream is in a session's memory for one consumer. */
export interface Stretch extends CursorKey {
  events: HandledEvent[]
  /** To be tried once more, each with its failed tries so far. */
  deadLetters: (HandledEvent & { attempts: number })[]
  /** Failed tries of the first event. */
  attempts: number
  /** How far the stream was read when all of this is done. */
  readTo: number
  hasMore: boolean
}

const nameColumns: readonly Column[] = ['name text']
const organizationColumns: readonly Column[] = ['id int']

/** Begins what an application's consumers have not been before: a new one with what comes from now on, in every organization. */
export async function beginHandlers(db: Database, { names }: { names: readonly string[] }): Promise<void> {
  await db.transaction(async (tx) => {
    for (const name of names) {
      const isNew = await tx.run(sql`insert into installation (name, value) values (${`consumer ${name}`}, '1') on conflict (name) do nothing`) > 0
      if (isNew) await tx.run(sql`insert into consumers (name, organization_id, read_id) select ${name}, organization_id, last_id from streams where last_id > 0 on conflict do nothing`)
    }
  })
}

/** Where these consumers have something to read that no other living session has in memory. An organization made since has no cursor yet and is read from its beginning. */
export async function dueHandlers(db: Database, { names, session, organizations, limit }: { names: readonly string[]; session: string; organizations: readonly number[] | undefined; limit: number }): Promise<CursorKey[]> {
  const these = organizations === undefined ? sql`` : sql`and s.organization_id in (select id from ${db.rows(organizations.map((id) => [id]), organizationColumns)} as r)`
  const rows = await db.all<{ name: string; organization_id: number }>(sql`
    select n.name, s.organization_id
    from ${db.rows(names.map((name) => [name]), nameColumns)} as n cross join streams s
    left join consumers c on c.name = n.name and c.organization_id = s.organization_id
    where ((coalesce(c.read_id, 0) < s.last_id and coalesce(c.due_at, 0) <= ${db.now})
        or exists (select 1 from consumer_dead_letters d where d.consumer = n.name and d.organization_id = s.organization_id and d.replay_at is not null))
      and ${isFreeFor(session)} ${these}
    order by coalesce(c.due_at, 0), s.organization_id, n.name limit ${limit}`)
  return rows.map((row) => ({ consumer: row.name, organizationId: row.organization_id }))
}

/** Takes what comes next for a consumer into a session's memory; nobody else does so until it is settled or the session ends. Undefined where somebody was faster. */
export async function takeStretch(db: Database, { consumer, organizationId, session, patterns, limit }: CursorKey & { session: string; patterns: readonly string[]; limit: number }): Promise<Stretch | undefined> {
  return db.transaction(async (tx) => {
    await tx.run(sql`
      insert into consumers (name, organization_id, read_id) select ${consumer}, organization_id, 0 from streams where organization_id = ${organizationId}
      on conflict do nothing`)
    const lock = tx.dialect === 'postgres' ? sql`for update of c skip locked` : sql``
    const cursor = await tx.first<{ read_id: number; attempts: number; is_due: number; last_id: number }>(sql`
      select c.read_id, c.attempts, case when c.due_at <= ${tx.now} then 1 else 0 end as is_due, s.last_id
      from consumers c join streams s on s.organization_id = c.organization_id
      where c.name = ${consumer} and c.organization_id = ${organizationId} and ${isFreeFor(session)} ${lock}`)
    if (cursor === undefined) return undefined

    const dead = await readDueDeadLetters(tx, { organizationId, consumer, limit })
    for (const event of dead.filter(({ data }) => data === null)) await park(tx, { organizationId, consumer, eventId: event.id, attempts: event.attempts, reason: 'The event is not kept any more.' })
    const ahead = cursor.is_due === 1 ? await readAhead(tx, { organizationId, after: cursor.read_id, limit, types: undefined }) : []
    const isAll = cursor.is_due === 1 && ahead.length < limit
    const readTo = isAll ? Math.max(cursor.read_id, cursor.last_id, ahead.at(-1)?.id ?? 0) : ahead.at(-1)?.id ?? cursor.read_id
    const matches = compileSubscriptions(patterns)
    const stretch = {
      consumer, organizationId, attempts: cursor.attempts, readTo, hasMore: cursor.is_due === 1 && !isAll,
      deadLetters: dead.filter(hasData), events: ahead.filter(hasData).filter(({ type }) => matches(type)),
    }
    const isForNobody = stretch.events.length + stretch.deadLetters.length === 0
    await tx.run(isForNobody
      ? sql`update consumers set read_id = ${readTo}, session = null where name = ${consumer} and organization_id = ${organizationId}`
      : sql`update consumers set session = ${session} where name = ${consumer} and organization_id = ${organizationId}`)
    return stretch
  })
}

/** What came of a stretch, or of its beginning. */
export interface SettledStretch extends CursorKey {
  session: string
  readId: number
  attempts: number
  /** How long the next event has to wait. */
  waitMs: number
  parked: readonly { eventId: number; attempts: number; reason: string }[]
  /** Dead letters that went well. */
  unparked: readonly number[]
  /** The rest of the stretch stays in memory. */
  isToGoOn: boolean
}

/** Writes down what came of a stretch; false where the session does not have it any more, and then nothing is written. */
export async function settleStretch(db: Database, { consumer, organizationId, session, readId, attempts, waitMs, parked, unparked, isToGoOn }: SettledStretch): Promise<boolean> {
  return db.transaction(async (tx) => {
    const isOurs = await tx.run(sql`
      update consumers set read_id = ${readId}, attempts = ${attempts}, due_at = ${tx.now} + ${waitMs}, session = ${isToGoOn ? session : null}
      where name = ${consumer} and organization_id = ${organizationId} and session = ${session}`) > 0
    if (!isOurs) return false
    for (const event of parked) await park(tx, { organizationId, consumer, ...event })
    for (const eventId of unparked) await unpark(tx, { organizationId, consumer, eventId })
    return true
  })
}

/** What a session could not settle it may take again; what a session had that has ended, anybody may. */
function isFreeFor(session: string): Sql {
  return sql`(c.session is null or c.session = ${session} or not exists (select 1 from sessions x where x.token = c.session))`
}

function hasData<Event extends EventAhead>(event: Event): event is Event & { data: string } {
  return event.data !== null
}
