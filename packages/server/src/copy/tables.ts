import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** A table as the database itself describes it. */
export interface Table {
  name: string
  /** In the order in which the database has them. */
  columns: Column[]
  /** The columns of the primary key, in its order; none where it has none. */
  key: string[]
  /** Tables that its rows refer to by a foreign key: theirs must be there first. */
  references: string[]
}
export interface Column { name: string; type: string }

/** Every table of Posthorn's, by name. Partitions are part of their table, not tables. */
export async function readTables(db: Database): Promise<Table[]> {
  const [columns, references] = db.dialect === 'sqlite' ? await readSqlite(db) : await readPostgres(db)
  const tables = new Map<string, Table & { places: Map<string, number> }>()
  for (const { table_name, name, type, key_place } of columns) {
    let table = tables.get(table_name)
    if (table === undefined) tables.set(table_name, table = { name: table_name, columns: [], key: [], references: [], places: new Map() })
    table.columns.push({ name, type: type.toLowerCase() })
    if (key_place !== null) table.places.set(name, key_place)
  }
  for (const { table_name, referred } of references) tables.get(table_name)?.references.push(referred)
  return [...tables.values()].map(({ places, ...table }) => ({ ...table, key: [...places].sort(([, a], [, b]) => a - b).map(([name]) => name) }))
}

/** The same tables, each after those that it refers to. */
export function inOrderOfReference(tables: readonly Table[]): Table[] {
  const rest = [...tables].sort((a, b) => a.name < b.name ? -1 : 1)
  const ordered: Table[] = []
  while (rest.length > 0) {
    const next = rest.findIndex(({ name, references }) => !rest.some((other) => other.name !== name && references.includes(other.name)))
    if (next < 0) throw new Error(`These tables refer to each other in a circle: ${rest.map(({ name }) => name).join(', ')}.`)
    ordered.push(...rest.splice(next, 1))
  }
  return ordered
}

interface ColumnRow { table_name: string; name: string; type: string; key_place: number | null }
interface ReferenceRow { table_name: string; referred: string }

async function readSqlite(db: Database): Promise<[ColumnRow[], ReferenceRow[]]> {
  return [
    await db.all<ColumnRow>(sql`
      select t.name as table_name, c.name, c.type, nullif(c.pk, 0) as key_place from sqlite_master t, pragma_table_info(t.name) c
      where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' order by t.name, c.cid`),
    await db.all<ReferenceRow>(sql`
      select t.name as table_name, f."table" as referred from sqlite_master t, pragma_foreign_key_list(t.name) f where t.type = 'table'`),
  ]
}

async function readPostgres(db: Database): Promise<[ColumnRow[], ReferenceRow[]]> {
  return [
    await db.all<ColumnRow>(sql`
      select t.relname as table_name, a.attname as name, format_type(a.atttypid, null) as type, array_position(k.indkey::int2[], a.attnum) as key_place
      from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_index k on k.indrelid = t.oid and k.indisprimary
      where t.relnamespace = 'posthorn'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
      order by t.relname, a.attnum`),
    await db.all<ReferenceRow>(sql`
      select t.relname as table_name, r.relname as referred from pg_constraint f join pg_class t on t.oid = f.conrelid join pg_class r on r.oid = f.confrelid
      where f.contype = 'f' and t.relnamespace = 'posthorn'::regnamespace`),
  ]
}
