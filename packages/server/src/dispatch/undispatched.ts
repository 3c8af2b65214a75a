import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Organizations whose stream holds what no dispatch has read. */
export async function undispatched(db: Database): Promise<number[]> {
  const rows = await db.all<{ organization_id: number }>(sql`
    select c.organization_id from cursors c join streams s on s.organization_id = c.organization_id
    where c.dispatched_id < s.last_id`)
  return rows.map((row) => row.organization_id)
}
