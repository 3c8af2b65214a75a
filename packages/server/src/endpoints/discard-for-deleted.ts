import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/**
 * Discards deliveries that wait for endpoints which are gone, `limit` at a time, and tells how many; fewer than `limit`
 * means that none is left. What is being sent right now is its lane's owner's, which gives it back and comes here later.
 */
export async function discardForDeletedEndpoints(db: Database, { limit }: { limit: number }): Promise<number> {
  return db.transaction(async (tx) => {
    const lock = tx.dialect === 'postgres' ? sql`for update of d skip locked` : sql``
    // Endpoints first (`cross join` holds SQLite to it), then what waits for each by the index of that: never all deliveries.
    return tx.run(sql`
      update deliveries set state = 4, updated_at = ${tx.now}
      from (
        select d.event_id, d.endpoint_id from endpoints e cross join deliveries d
        where e.state = 3 and d.endpoint_id = e.id and d.state = 1 and d.due_at >= 0 limit ${limit} ${lock}) as r
      where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id`)
  })
}
