import { nothing, rawSql, Sql, sql, type Value } from '../storage/sql.js'
import type { CopiedTable } from './copied-tables.js'
import type { Database, Row } from '../storage/database.js'

/** One batch of a table's rows, in the order of its key. `last`: the key of its last row, from which the next batch goes on. */
export interface Batch { rows: Row[]; last: Value[] }

const maxRows = 2_000
/** A receipt alone may hold 5 MB, so what a batch weighs is asked for before it is read. */
const maxBytes = 4 << 20

/** A table from behind a key to its end. */
export async function* readBatches(db: Database, table: CopiedTable, after?: readonly Value[]): AsyncGenerator<Batch> {
  const names = list(table.columns.map(({ name }) => name))
  const key = list(table.key)
  for (let from: readonly Value[] | undefined = after; ;) {
    const rest = sql`from ${quoted(table.name)} ${from === undefined ? nothing : sql`where (${key}) > (${values(from)})`} order by ${key}`
    const weights = await db.all<Row & { weight: number }>(sql`select ${key}, ${weightOf(table)} as weight ${rest} limit ${maxRows}`)
    const count = howMany(weights.map(({ weight }) => weight), maxBytes)
    if (count === 0) return
    const rows = await db.all(sql`select ${names} ${rest} limit ${count}`)
    const last = table.key.map((name) => (weights[count - 1] as Row)[name] as Value)
    yield { rows, last }
    from = last
  }
}

/** How many things of these weights go into one load: those that fit, and one in any case. */
export function howMany(weights: readonly number[], capacity: number): number {
  let sum = 0
  const first = weights.findIndex((weight) => (sum += weight) > capacity)
  return first < 0 ? weights.length : Math.max(first, 1)
}

/** Puts rows into a table as they are. */
export async function writeRows(tx: Database, table: CopiedTable, rows: readonly Row[]): Promise<void> {
  const names = list(table.columns.map(({ name }) => name))
  const into = quoted(table.name)
  if (tx.dialect === 'sqlite') {
    for (const row of rows) await tx.run(sql`insert into ${into} (${names}) values (${values(table.columns.map(({ name }) => row[name] as Value))})`)
    return
  }
  // The table's own types read the JSON, so that there is no list of ours to keep.
  const json = JSON.stringify(rows.map((row) => Object.fromEntries(table.columns.map(({ name }) => [name, portable(row[name] as Value)]))))
  await tx.run(sql`insert into ${into} (${names}) select ${names} from json_populate_recordset(null::${into}, ${json}::json)`)
}

/** A row as text, the same on either database. */
export function canonicalText(table: CopiedTable, row: Row): string {
  return JSON.stringify(table.columns.map(({ name }) => portable(row[name] as Value)))
}

/** PostgreSQL's text cannot hold U+0000; U+FFFD stands for it, as wherever Posthorn writes there. Bytes in PostgreSQL's spelling. */
function portable(value: Value): Value {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}

/** What a row's texts and bytes weigh. Neither database reads them for that. */
function weightOf({ columns }: CopiedTable): Sql {
  const heavy = columns.filter(({ type }) => type === 'text' || type === 'blob' || type === 'bytea')
  return rawSql(['100', ...heavy.map(({ name }) => `coalesce(octet_length("${name}"), 0)`)].join(' + '))
}

/** Names come from the database's own description of our tables, never from a caller. */
function quoted(name: string): Sql { return rawSql(`"${name}"`) }
function list(names: readonly string[]): Sql { return rawSql(names.map((name) => `"${name}"`).join(', ')) }
function values(given: readonly Value[]): Sql { return new Sql(['', ...given.slice(1).map(() => ', '), ''], given) }
