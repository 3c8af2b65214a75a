import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** A consumer of an organization and how far it is. */
export interface ListedConsumer {
  name: string
  isBehind: boolean
  /** Failed tries of the event that comes next; 0 where nothing is wrong. */
  attempts: number
  nextTryAt: number | null
  deadLetters: number
}

/** Dead letters that are counted at most. */
const countedAtMost = 1_000

export async function listConsumers(db: Database, { organizationId }: { organizationId: number }): Promise<ListedConsumer[]> {
  const rows = await db.all<{ name: string; read_id: number; last_id: number; attempts: number; due_at: number; dead: number }>(sql`
    select c.name, c.read_id, s.last_id, c.attempts, c.due_at,
      (select count(*) from (select 1 from consumer_dead_letters d where d.organization_id = c.organization_id and d.consumer = c.name limit ${countedAtMost}) as counted) as dead
    from consumers c join streams s on s.organization_id = c.organization_id
    where c.organization_id = ${organizationId} order by c.name`)
  return rows.map((row) => ({ name: row.name, isBehind: row.read_id < row.last_id, attempts: row.attempts, nextTryAt: row.attempts > 0 ? row.due_at : null, deadLetters: row.dead }))
}
