import { rawSql, sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** The last number that was handed out, by what it numbers: a table whose rows get their ids so, or a sequence of its own. */
export type LastNumbers = Map<string, number>

/** Numbers that no table's rows get: a row of a table of that name on SQLite, a sequence of that name on PostgreSQL. */
export const ownSequences = ['event_ids', 'receipt_ids'] as const

export async function readLastNumbers(db: Database): Promise<LastNumbers> {
  const rows = db.dialect === 'sqlite' ? await readSqlite(db) : await readPostgres(db)
  return new Map(rows.map(({ name, last }) => [name, last]))
}

/** Goes on counting where the other database stopped, so that no number is ever handed out twice, that of a deleted row included. */
export async function raiseLastNumbers(db: Database, to: LastNumbers): Promise<void> {
  await db.transaction(async (tx) => {
    if (tx.dialect === 'sqlite') await raiseSqlite(tx, to)
    else await raisePostgres(tx, to)
  })
}

interface LastNumber { name: string; last: number }

async function readSqlite(db: Database): Promise<LastNumber[]> {
  const own = ownSequences.map((name) => `union all select '${name}', last_id from ${name}`).join(' ')
  return db.all(rawSql(`select name, seq as last from sqlite_sequence ${own}`))
}

async function raiseSqlite(tx: Database, to: LastNumbers): Promise<void> {
  const counted = await tx.all<{ name: string }>(sql`select name from sqlite_master where type = 'table' and sql like '%autoincrement%'`)
  for (const { name } of counted) {
    const last = to.get(name) ?? 0
    if (await tx.run(sql`update sqlite_sequence set seq = max(seq, ${last}) where name = ${name}`) === 0) await tx.run(sql`insert into sqlite_sequence (name, seq) values (${name}, ${last})`)
  }
  for (const name of ownSequences) await tx.run(sql`update ${rawSql(name)} set last_id = max(last_id, ${to.get(name) ?? 0})`)
}

/** A sequence that belongs to a table's column goes by the table's name. */
interface Sequence extends LastNumber { sequence: string; column: string | null }

async function readPostgres(db: Database): Promise<Sequence[]> {
  return db.all<Sequence>(sql`
    select coalesce(t.relname, s.sequencename) as name, coalesce(s.last_value, 0) as last, s.sequencename as sequence, a.attname as column
    from pg_sequences s join pg_class c on c.relname = s.sequencename and c.relnamespace = 'posthorn'::regnamespace
    left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'a') and d.refobjsubid > 0
    left join pg_class t on t.oid = d.refobjid left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where s.schemaname = 'posthorn' order by name`)
}

async function raisePostgres(tx: Database, to: LastNumbers): Promise<void> {
  for (const { name, last, sequence, column } of await readPostgres(tx)) {
    const highest = column === null ? 0 : (await tx.first<{ highest: number | null }>(rawSql(`select max("${column}") as highest from "${name}"`)))?.highest ?? 0
    const next = Math.max(last, highest, to.get(name) ?? 0)
    if (next > last) await tx.first(sql`select setval(${sequence}::regclass, ${next})`)
  }
}
