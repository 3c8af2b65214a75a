import { compileSubscriptions } from '../event-types/event-type.js'
import { eventsOfOrganization } from '../ids/ids-of-owner.js'
import { join, rawSql, sql } from '../storage/sql.js'
import { findEventId, findEventIds, firstEventIdSince } from './find-event-id.js'
import { asSummary, type EventRow, type EventSummary } from './read-events.js'
import type { Database } from '../storage/database.js'

export interface EventFilter {
  /** Undefined: of all organizations, for the operator. */
  organizationId?: number | undefined
  /** As its publisher knows it; several organizations may have an event of the same id. */
  id?: string | undefined
  /** A type, or a prefix such as `order.*`. */
  type?: string | undefined
  /** When it was accepted, in milliseconds; `to` is not part of it. */
  from?: number | undefined
  to?: number | undefined
}

/**
 * A page of events, newest first. Each page reads a bounded stretch of the stream, so a rare type may lie behind pages that
 * are short or empty: as long as `next` is there, there may be more.
 */
export async function listEvents(db: Database, asked: EventFilter & { before?: number | undefined; limit: number }): Promise<{ events: EventSummary[]; next: number | null }> {
  const { organizationId, id, type, from, to, before, limit } = asked
  const isWanted = type === undefined ? () => true : compileSubscriptions([type])
  if (id !== undefined) return listByIds(db, await idsOf(db, organizationId, id), { ...asked, isWanted })
  const first = from === undefined ? 0 : await firstEventIdSince(db, from)
  let below = Math.min(before ?? Number.MAX_SAFE_INTEGER, to === undefined ? Infinity : await firstEventIdSince(db, to))

  const found: EventSummary[] = []
  let read = 0
  for (let size = limit + 1; ; size = Math.min(size * 4, maxStretch)) {
    const stretch = await db.all<EventRow>(sql`
      select ${listed}
      from (${eventsOfOrganization(db, { owner: organizationId, from: first, below, order: 'newest first', limit: size })}) as k
      join events e on e.id = k.id join organizations o on o.id = e.organization_id order by e.id desc`)
    found.push(...stretch.filter((row) => isWanted(row.type)).map(asSummary))
    read += size
    below = stretch.at(-1)?.id ?? below
    if (found.length > limit) return { events: found.slice(0, limit), next: found[limit - 1]?.id ?? null }
    if (stretch.length < size) return { events: found, next: null }
    if (read >= maxRead) return { events: found, next: below }
  }
}

async function idsOf(db: Database, organizationId: number | undefined, id: string): Promise<readonly number[]> {
  if (organizationId === undefined) return findEventIds(db, id)
  const only = await findEventId(db, organizationId, id)
  return only === undefined ? [] : [only]
}

/** Of events that are known by their numbers, newest first, those that fit. */
async function listByIds(db: Database, ids: readonly number[], { from = 0, to = Infinity, before = Infinity, limit, isWanted }: EventFilter & { before?: number | undefined; limit: number; isWanted: (type: string) => boolean }): Promise<{ events: EventSummary[]; next: number | null }> {
  const left = ids.filter((id) => id < before)
  if (left.length === 0) return { events: [], next: null }
  const rows = await db.all<EventRow>(sql`
    select ${listed} from events e join organizations o on o.id = e.organization_id
    where e.id in (${join(left.map((id) => sql`${id}`), ', ')}) order by e.id desc`)
  const fitting = rows.filter((row) => isWanted(row.type) && row.created_at >= from && row.created_at < to).map(asSummary)
  return { events: fitting.slice(0, limit), next: fitting.length > limit ? fitting[limit - 1]?.id ?? null : null }
}

const listed = rawSql('e.id, o.public_id as organization, e.given_id, e.type, e.occurred_at, e.created_at, e.origin, e.receipt_id, e.erased_at')

const maxStretch = 2_000
const maxRead = 10_000
