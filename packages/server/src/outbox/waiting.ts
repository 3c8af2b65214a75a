import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** A row of the outbox and how much it is. */
export interface WaitingRow { id: number; bytes: number }

/**
 * The oldest rows of the outbox, in its order. Always from its very beginning: an id is drawn before its transaction
 * commits, so a lower one can appear after a higher one, and whoever looked only behind the last would pass it by, or put
 * the second event of a transaction before its first. All of a transaction's rows are seen at once or not at all.
 */
export function waitingInOutbox(db: Database, { limit }: { limit: number }): Promise<WaitingRow[]> {
  return db.all(sql`select id, octet_length(data) as bytes from outbox order by id limit ${limit}`)
}
