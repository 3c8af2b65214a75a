import { bytesArray, intArray, textArray } from './postgres-arrays.js'
import { Sql, nothing, rawSql, sql } from './sql.js'
import type { Column } from './database.js'

/**
 * `Database.rows` on PostgreSQL: an array for each column, so that the text is the same however many rows there are; taken
 * apart by `unnest`.
 *
 * Rows are there to be looked up one by one. But statistics are often late, and where they say of a table's new part that
 * it holds next to nothing of what is asked for, the planner reads all of that part and goes through the rows for each of
 * its rows: a settlement of a thousand took 20 seconds. The conditions, which always hold, make it count on one row, and
 * for one there is nothing cheaper than to look it up.
 */
export function postgresRows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
  const { lookedUp, arrays } = shapeFor(columns)
  return new Sql(lookedUp, arrays.map((arrayOf, i) => arrayOf(rows, i)))
}

/** `Database.insert` on PostgreSQL: one statement, whatever the number of rows. `tail` follows the values. */
export function insertRows(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[], tail: Sql = nothing): Sql {
  const { names, plain, arrays } = shapeFor(columns)
  return sql`insert into ${rawSql(table)} (${names}) select ${names} from ${new Sql(plain, arrays.map((arrayOf, i) => arrayOf(rows, i)))} as r ${tail}`
}

interface Shape { lookedUp: readonly string[]; plain: readonly string[]; names: Sql; arrays: readonly (typeof intArray)[] }

const kinds = {
  int: { type: 'bigint[]', arrayOf: intArray },
  text: { type: 'text[]', arrayOf: textArray },
  bytes: { type: 'bytea[]', arrayOf: bytesArray },
}

const shapes = new Map<readonly Column[], Shape>()

/** `(select id, … from unnest($1::bigint[], …) as r (id, …))` for these columns; callers pass the same array each time. */
function shapeFor(columns: readonly Column[]): Shape {
  let shape = shapes.get(columns)
  if (shape === undefined) {
    const parts = columns.map((column) => column.split(' ') as [name: string, kind: keyof typeof kinds])
    const names = parts.map(([name]) => name).join(', ')
    const strings = (end: string): string[] => [`(select ${names} from unnest(`, ...parts.map(([, kind], i) => `::${kinds[kind].type}${i === parts.length - 1 ? end : ', '}`)]
    shape = {
      lookedUp: strings(`) with ordinality as u (${names}, ordinal) where ordinal = ordinal + 0 and ordinal between 1 and 1000000000)`),
      plain: strings(`) as u (${names}))`),
      names: rawSql(names),
      arrays: parts.map(([, kind]) => kinds[kind].arrayOf),
    }
    shapes.set(columns, shape)
  }
  return shape
}
