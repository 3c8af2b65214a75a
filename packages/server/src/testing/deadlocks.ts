import { sql } from '../storage/sql.js'
import type { TestDatabase } from './each-database.js'

/** How often PostgreSQL has had to end a deadlock in this database. Its statistics come a second late. */
export async function deadlocksOf(db: TestDatabase): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  return (await db.first<{ deadlocks: number }>(sql`select deadlocks from pg_stat_database where datname = current_database()`))?.deadlocks ?? -1
}
