import { sql } from './sql.js'
import type { Database } from './database.js'

/** Whether the database answers, and from its file: an open connection alone would say nothing. */
export async function ping(db: Database, _input: object): Promise<void> {
  await db.first(sql`select number from schema_migrations limit 1`)
}
