import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Keeps a fact about this installation, unless it is known already, and gives the one that holds: the first. */
export async function keepFact(db: Database, { name, value }: { name: string; value: string }): Promise<{ value: string; isNew: boolean }> {
  return db.transaction(async (tx) => {
    const isNew = await tx.run(sql`insert into installation (name, value) values (${name}, ${value}) on conflict (name) do nothing`) > 0
    const row = await tx.first<{ value: string }>(sql`select value from installation where name = ${name}`)
    return { value: row?.value ?? value, isNew }
  })
}

/** Keeps a fact as it is now, whatever held before. */
export async function putFact(db: Database, { name, value }: { name: string; value: string }): Promise<void> {
  await db.run(sql`insert into installation (name, value) values (${name}, ${value}) on conflict (name) do update set value = excluded.value`)
}

export async function readFact(db: Database, { name }: { name: string }): Promise<string | undefined> {
  return (await db.first<{ value: string }>(sql`select value from installation where name = ${name}`))?.value
}
