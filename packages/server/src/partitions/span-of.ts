import { nothing, sql, type Sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/**
 * ` and <column> between …`, for a statement that names its events by rows. It says nothing new, and lets PostgreSQL leave
 * aside all partitions but those of these ids' days before it plans for them: most often a month's. SQLite might be led to
 * read the whole span.
 */
export function spanOf(db: Database, column: Sql, eventIds: readonly number[]): Sql {
  if (db.dialect === 'sqlite' || eventIds.length === 0) return nothing
  return sql` and ${column} between ${eventIds.reduce((a, b) => Math.min(a, b))} and ${eventIds.reduce((a, b) => Math.max(a, b))}`
}
