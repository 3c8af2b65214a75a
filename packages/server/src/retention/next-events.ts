import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** How far the next `batch` events reach; past the last of them, up to the bound itself. */
export async function nextEvents(tx: Database, { after, belowEventId, batch }: { after: number; belowEventId: number; batch: number }): Promise<{ to: number; more: boolean }> {
  const edge = await tx.first<{ id: number }>(sql`select id from events where id > ${after} and id < ${belowEventId} order by id limit 1 offset ${batch - 1}`)
  return edge === undefined ? { to: belowEventId - 1, more: false } : { to: edge.id, more: true }
}
