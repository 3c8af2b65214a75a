import { parseEventId } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An event as it is listed. */
export interface EventSummary { id: number; givenId: string | null; type: string; occurredAt: number; createdAt: number; origin: number; receiptId: number | null }

export interface EventFilter {
  organizationId: number
  before: number | undefined
  limit: number
  type: string | undefined
  /** When it was accepted, in milliseconds; `to` is not part of it. */
  from: number | undefined
  to: number | undefined
}

/** An organization's events, newest first. */
export async function listEvents(db: Database, { organizationId, before, limit, type, from, to }: EventFilter): Promise<EventSummary[]> {
  const rows = await db.all<EventRow>(sql`
    select id, given_id, type, occurred_at, created_at, origin, receipt_id from events
    where organization_id = ${organizationId} and id < ${before ?? Number.MAX_SAFE_INTEGER}
      ${type === undefined ? sql`` : sql`and type = ${type}`}
      ${from === undefined ? sql`` : sql`and created_at >= ${from}`}
      ${to === undefined ? sql`` : sql`and created_at < ${to}`}
    order by id desc limit ${limit}`)
  return rows.map(asSummary)
}

/** One event by the id that its publisher sees: the one that it brought, or else ours. */
export async function findEvent(db: Database, { organizationId, publicId }: { organizationId: number; publicId: string }): Promise<(EventSummary & { data: string }) | undefined> {
  const given = await db.first<{ event_id: number }>(sql`select event_id from event_keys where organization_id = ${organizationId} and key = ${`i:${publicId}`}`)
  const id = given?.event_id ?? parseEventId(publicId)
  if (id === undefined) return undefined
  const row = await db.first<EventRow & { data: string }>(sql`
    select id, given_id, type, occurred_at, created_at, origin, receipt_id, data from events where id = ${id} and organization_id = ${organizationId}`)
  return row && { ...asSummary(row), data: row.data }
}

interface EventRow { id: number; given_id: string | null; type: string; occurred_at: number; created_at: number; origin: number; receipt_id: number | null }

function asSummary(row: EventRow): EventSummary {
  return { id: row.id, givenId: row.given_id, type: row.type, occurredAt: row.occurred_at, createdAt: row.created_at, origin: row.origin, receiptId: row.receipt_id }
}
