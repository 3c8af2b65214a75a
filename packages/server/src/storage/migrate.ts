import { readdirSync, readFileSync } from 'node:fs'
import { oneAtATime } from './one-at-a-time.js'
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
 * process killed at any statement leaves whole migrations only and the next start goes on. Nodes that start together
 * take turns.
 */
export async function migrate(db: Database, migrations = readMigrations(db.dialect)): Promise<Migration[]> {
  const missing = await db.transaction((tx) => findMissing(tx, migrations))
  const ran: Migration[] = []
  for (const migration of missing) {
    await db.transaction(async (tx) => {
      // Another node may have run it since this one looked.
      if (!(await findMissing(tx, migrations)).includes(migration)) return
      for (const statement of statementsOf(migration.text)) await tx.run(rawSql(statement))
      await tx.run(sql`insert into schema_migrations (number, name, applied_at) values (${migration.number}, ${migration.name}, ${tx.now})`)
      ran.push(migration)
    })
  }
  return ran
}

async function findMissing(tx: Database, migrations: readonly Migration[]): Promise<Migration[]> {
  await oneAtATime(tx, 'migrate')
  if (tx.dialect === 'sqlite') await tx.run(sql`create table if not exists schema_migrations ${columns}`)
  else if ((await tx.first<{ exists: number }>(sql`select to_regclass('posthorn.schema_migrations') is not null as exists`))?.exists !== 1) {
    // All that is ours lies in a schema of our own, so that Posthorn may share a database with an application. Only the
    // very first start needs a role that may make one.
    await tx.run(sql`create schema if not exists posthorn`)
    await tx.run(sql`create table posthorn.schema_migrations ${columns}`)
  }
  const applied = new Set((await tx.all<{ number: number }>(sql`select number from schema_migrations`)).map((row) => row.number))

  const unknown = [...applied].filter((number) => !migrations.some((migration) => migration.number === number))
  if (unknown.length > 0) throw new Error(`The database has schema version ${Math.max(...unknown)}, which this version of Posthorn does not know. Start the newer version again, or restore a backup.`)
  return migrations.filter((migration) => !applied.has(migration.number))
}

const columns = sql`(number integer primary key, name text not null, applied_at bigint not null)`

/** Our migrations end each statement with `;` at a line's end, so that no SQL parser is needed to part them. What stands between `$$` is a function's body. */
function statementsOf(text: string): string[] {
  const statements = text.match(/(?:\$\$[\s\S]*?\$\$|[\s\S])+?(?:;[ \t]*(?:--[^\n]*)?(?=\n|$)|$)/g) ?? []
  return statements
    .map((statement) => statement.replace(/;[ \t]*(--[^\n]*)?$/, '').trim())
    .filter((statement) => statement.replace(/--[^\n]*/g, '').trim() !== '')
}
