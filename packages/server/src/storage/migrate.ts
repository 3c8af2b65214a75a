import { readdirSync, readFileSync } from 'node:fs'
import { rawSql, sql } from './sql.js'
import type { Database } from './database.js'

export interface Migration { number: number; name: string; text: string }

/** The numbered SQL files of a dialect, in order. Forward only: a released file is never touched again. */
export function readMigrations(dialect: Database['dialect']): Migration[] {
  const folder = new URL(`../../migrations/${dialect}/`, import.meta.url)
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({ number: Number(file.slice(0, 4)), name: file.slice(5, -4), text: readFileSync(new URL(file, folder), 'utf8') }))
}

/**
 * Brings the schema up to date and tells which migrations ran. Each runs in one transaction with its own mark, so a
 * process killed at any statement leaves whole migrations only and the next start goes on.
 */
export async function migrate(db: Database, migrations = readMigrations(db.dialect)): Promise<Migration[]> {
  await db.run(sql`create table if not exists schema_migrations (number integer primary key, name text not null, applied_at bigint not null)`)
  const applied = new Set((await db.all<{ number: number }>(sql`select number from schema_migrations`)).map((row) => row.number))

  const unknown = [...applied].filter((number) => !migrations.some((migration) => migration.number === number))
  if (unknown.length > 0) throw new Error(`The database has schema version ${Math.max(...unknown)}, which this version of Posthorn does not know. Start the newer version again, or restore a backup.`)

  const missing = migrations.filter((migration) => !applied.has(migration.number))
  for (const migration of missing) {
    await db.transaction(async (tx) => {
      for (const statement of statementsOf(migration.text)) await tx.run(rawSql(statement))
      await tx.run(sql`insert into schema_migrations (number, name, applied_at) values (${migration.number}, ${migration.name}, ${tx.now})`)
    })
  }
  return missing
}

/** Our migrations end each statement with `;` at a line's end, so that no SQL parser is needed to part them. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*(?:--[^\n]*)?(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/--[^\n]*/g, '').trim() !== '')
}
