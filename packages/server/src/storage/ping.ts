import { sql } from './sql.js'
import type { Database } from './database.js'

/** Whether the database answers, and from its file: an open connection alone would say nothing. Tells its clock's time. */
export async function ping(db: Database, _input: object): Promise<{ now: number }> {
  const row = await db.first<{ now: number }>(sql`select ${db.now} as now from schema_migrations limit 1`)
  return { now: row?.now ?? 0 }
}
