import { compileSubscriptions } from '../event-types/event-type.js'
import { eventsOfOrganization } from '../ids/ids-of-owner.js'
import { sql } from '../storage/sql.js'
import { findEventId, firstEventIdSince } from './find-event-id.js'
import { asSummary, type EventRow, type EventSummary } from './read-events.js'
import type { Database } from '../storage/database.js'

export interface EventFilter {
  /** Undefined: of all organizations, for the operator. */
  organizationId?: number | undefined
  /** As its publisher knows it. */
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
export async function listEvents(db: Database, { organizationId, id, type, from, to, before, limit }: EventFilter & { before?: number | undefined; limit: number }): Promise<{ events: EventSummary[]; next: number | null }> {
  const isWanted = type === undefined ? () => true : compileSubscriptions([type])
  const only = id === undefined || organizationId === undefined ? undefined : await findEventId(db, organizationId, id)
  if (id !== undefined && only === undefined) return { events: [], next: null }
  const first = Math.max(from === undefined ? 0 : await firstEventIdSince(db, from), only ?? 0)
  let below = Math.min(before ?? Number.MAX_SAFE_INTEGER, to === undefined ? Infinity : await firstEventIdSince(db, to), only === undefined ? Infinity : only + 1)

  const found: EventSummary[] = []
  let read = 0
  for (let size = limit + 1; ; size = Math.min(size * 4, maxStretch)) {
    const stretch = await db.all<EventRow>(sql`
      select e.id, o.public_id as organization, e.given_id, e.type, e.occurred_at, e.created_at, e.origin, e.receipt_id, e.erased_at
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

const maxStretch = 2_000
const maxRead = 10_000
