import { Sql, nothing, rawSql, sql } from './sql.js'
import type { Column } from './database.js'

/**
 * `Database.rows` on PostgreSQL: an array for each column, written as PostgreSQL writes one, so that the text is the same
 * however many rows there are; taken apart by `unnest`.
 *
 * Rows are there to be looked up one by one. But statistics are often late, and where they say of a table's new part that
 * it holds next to nothing of what is asked for, the planner reads all of that part and goes through the rows for each of
 * its rows: a settlement of a thousand took 20 seconds. The conditions, which always hold, make it count on one row, and
 * for one there is nothing cheaper than to look it up.
 */
export function postgresRows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
  const { lookedUp } = shapeFor(columns)
  return new Sql(lookedUp, valuesOf(rows, columns))
}

/** `Database.insert` on PostgreSQL: one statement, whatever the number of rows. */
export function insertRows(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[], tail: Sql = nothing): Sql {
  const { names, plain } = shapeFor(columns)
  return sql`insert into ${rawSql(table)} (${names}) select ${names} from ${new Sql(plain, valuesOf(rows, columns))} as r ${tail}`
}

interface Shape { lookedUp: readonly string[]; plain: readonly string[]; names: Sql }

const shapes = new Map<readonly Column[], Shape>()

/** `(select id, … from unnest($1::bigint[], …) as r (id, …))` for these columns; callers pass the same array each time. */
function shapeFor(columns: readonly Column[]): Shape {
  let shape = shapes.get(columns)
  if (shape === undefined) {
    const parts = columns.map((column) => column.split(' ') as [name: string, kind: 'int' | 'text' | 'bytes'])
    const names = parts.map(([name]) => name).join(', ')
    const values = parts.map(([name, kind]) => kind === 'bytes' ? `decode(${name}, 'hex') as ${name}` : name).join(', ')
    const strings = (end: string): string[] => [`(select ${values} from unnest(`, ...parts.map(([, kind], i) => `::${kind === 'int' ? 'bigint' : 'text'}[]${i === parts.length - 1 ? end : ', '}`)]
    shape = {
      lookedUp: strings(`) with ordinality as u (${names}, ordinal) where ordinal = ordinal + 0 and ordinal between 1 and 1000000000)`),
      plain: strings(`) as u (${names}))`),
      names: rawSql(names),
    }
    shapes.set(columns, shape)
  }
  return shape
}

function valuesOf(rows: readonly (readonly unknown[])[], columns: readonly Column[]): string[] {
  return columns.map((column, i) => arrayOf(rows, i, !column.endsWith(' int')))
}

/** One column as the text of an array. Missing values are null; text is quoted, whatever stands in it. */
function arrayOf(rows: readonly (readonly unknown[])[], column: number, isText: boolean): string {
  let text = '{'
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]?.[column]
    if (i > 0) text += ','
    if (value === null || value === undefined) text += 'null'
    else if (isText) text += quoted(String(value))
    else text += String(value)
  }
  return `${text}}`
}

function quoted(text: string): string {
  return `"${text.includes('"') || text.includes('\\') ? text.replaceAll(/["\\]/g, '\\$&') : text}"`
}
