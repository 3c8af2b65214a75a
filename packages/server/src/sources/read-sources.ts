import { sql } from '../storage/sql.js'
import { asSource, type Source, type SourceRow } from './source.js'
import type { Database } from '../storage/database.js'

/** One source by its name. A row without secrets of its own, whose setting is gone, is none. */
export async function findSource(db: Database, { name }: { name: string }): Promise<Source | undefined> {
  const row = await db.first<SourceRow>(sql`select * from sources where name = ${name} and deleted_at is null and (managed = 1 or sealed is not null)`)
  return row && asSource(row)
}

/** In the order of their making. */
export async function listSources(db: Database, { after, limit, provider }: { after: number | undefined; limit: number; provider?: string | undefined }): Promise<Source[]> {
  const rows = await db.all<SourceRow>(sql`
    select * from sources
    where deleted_at is null and (managed = 1 or sealed is not null) and id > ${after ?? 0} ${provider === undefined ? sql`` : sql`and provider = ${provider}`}
    order by id limit ${limit}`)
  return rows.map(asSource)
}
