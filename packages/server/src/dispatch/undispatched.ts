import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An organization whose stream holds what no dispatch has read, and how far it was read. */
export interface Undispatched { organizationId: number; dispatchedId: number }

export async function undispatched(db: Database): Promise<Undispatched[]> {
  const rows = await db.all<{ organization_id: number; dispatched_id: number }>(sql`
    select c.organization_id, c.dispatched_id from cursors c join streams s on s.organization_id = c.organization_id
    where c.dispatched_id < s.last_id`)
  return rows.map((row) => ({ organizationId: row.organization_id, dispatchedId: row.dispatched_id }))
}
