import { origins } from '../events/event.js'
import { eventsOfOrganization } from '../ids/ids-of-owner.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'
import type { ConsumedEvent } from './consumer.js'

/** The next events of a stream. Those that a consumer does not read are there without their data, to be stepped over. */
export type EventAhead = Omit<ConsumedEvent, 'data'> & { givenId: string | null; receiptId: number | null; data: string | null }

const typeColumns: readonly Column[] = ['type text']

/** `types`: those whose data is read; undefined for all. Test events are no consumer's business. */
export async function readAhead(tx: Database, { organizationId, after, limit, types }: { organizationId: number; after: number; limit: number; types: readonly string[] | undefined }): Promise<EventAhead[]> {
  const isWanted = types === undefined ? sql`` : sql`and e.type in (select type from ${tx.rows(types.map((type) => [type]), typeColumns)} as r)`
  const ids = eventsOfOrganization(tx, { owner: organizationId, from: after + 1, below: Number.MAX_SAFE_INTEGER, order: 'oldest first', limit })
  const rows = await tx.all<AheadRow>(sql`
    select e.id, o.public_id, e.type, e.given_id, e.receipt_id, e.occurred_at, case when e.origin <> ${origins.test} and e.erased_at is null ${isWanted} then e.data end as data
    from (${ids}) as k join events e on e.id = k.id join organizations o on o.id = e.organization_id order by e.id`)
  return rows.map((row) => asEvent(organizationId, row))
}

/** The dead letters that are to be tried once more. An event that is not kept any more is there without its data. */
export async function readDueDeadLetters(tx: Database, { organizationId, consumer, limit }: { organizationId: number; consumer: string; limit: number }): Promise<(EventAhead & { attempts: number })[]> {
  const rows = await tx.all<AheadRow & { attempts: number }>(sql`
    select d.event_id as id, o.public_id, coalesce(e.type, '') as type, e.given_id, e.receipt_id, coalesce(e.occurred_at, 0) as occurred_at, case when e.erased_at is null then e.data end as data, d.attempts
    from consumer_dead_letters d join organizations o on o.id = d.organization_id left join events e on e.id = d.event_id
    where d.organization_id = ${organizationId} and d.consumer = ${consumer} and d.replay_at is not null order by d.event_id limit ${limit}`)
  return rows.map((row) => ({ ...asEvent(organizationId, row), attempts: row.attempts }))
}

interface AheadRow { id: number; public_id: string; type: string; given_id: string | null; receipt_id: number | null; occurred_at: number; data: string | null }

function asEvent(organizationId: number, row: AheadRow): EventAhead {
  return { id: row.id, organizationId, organization: row.public_id, type: row.type, givenId: row.given_id, receiptId: row.receipt_id, data: row.data, occurredAt: row.occurred_at }
}
