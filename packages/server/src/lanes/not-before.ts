import { sql, type Sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** A lane is woken for the instant when something is due, or for now where that has passed: who looks for lanes need not look back. */
export function notBefore(tx: Database, dueAt: Sql): Sql {
  return sql`case when ${dueAt} < ${tx.now} then ${tx.now} else ${dueAt} end`
}
