import { parseEventId } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An event as it is listed. */
export interface EventSummary { id: number; organization: string; givenId: string | null; type: string; occurredAt: number; createdAt: number; origin: number; receiptId: number | null; erasedAt: number | null }

/** One event by the id that its publisher sees: the one that it brought, or else ours. */
export async function findEvent(db: Database, { organizationId, publicId }: { organizationId: number; publicId: string }): Promise<(EventSummary & { data: string }) | undefined> {
  const given = await db.first<{ event_id: number }>(sql`select event_id from event_keys where organization_id = ${organizationId} and key = ${`i:${publicId}`}`)
  const id = given?.event_id ?? parseEventId(publicId)
  if (id === undefined) return undefined
  const row = await db.first<EventRow & { data: string }>(sql`
    select e.id, o.public_id as organization, e.given_id, e.type, e.occurred_at, e.created_at, e.origin, e.receipt_id, e.erased_at, e.data
    from events e join organizations o on o.id = e.organization_id where e.id = ${id} and e.organization_id = ${organizationId}`)
  return row && { ...asSummary(row), data: row.data }
}

export interface EventRow { id: number; organization: string; given_id: string | null; type: string; occurred_at: number; created_at: number; origin: number; receipt_id: number | null; erased_at: number | null }

export function asSummary(row: EventRow): EventSummary {
  return { id: row.id, organization: row.organization, givenId: row.given_id, type: row.type, occurredAt: row.occurred_at, createdAt: row.created_at, origin: row.origin, receiptId: row.receipt_id, erasedAt: row.erased_at }
}
