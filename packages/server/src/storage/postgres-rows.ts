import { Sql, nothing, rawSql, sql } from './sql.js'
import type { Column } from './database.js'

/**
 * `Database.rows` on PostgreSQL: one JSON parameter, so that the text is the same however many rows there are. As jsonb, which
 * is parsed once, a row of nine columns costs 10 µs; json would be parsed anew for each column: 17 µs.
 */
export function postgresRows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
  return new Sql([textFor(columns), '::jsonb) as value)'], [jsonOf(rows)])
}

/** `Database.insert` on PostgreSQL: one statement, whatever the number of rows. */
export function insertRows(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[], tail: Sql = nothing): Sql {
  const names = rawSql(columns.map((column) => column.slice(0, column.indexOf(' '))).join(', '))
  return sql`insert into ${rawSql(table)} (${names}) select ${names} from ${postgresRows(rows, columns)} as r ${tail}`
}

const texts = new Map<readonly Column[], string>()

/** `(select (value->>0)::bigint as id, … from jsonb_array_elements(` for these columns; callers pass the same array each time. */
function textFor(columns: readonly Column[]): string {
  let text = texts.get(columns)
  if (text === undefined) {
    const list = columns.map((column, i) => {
      const [name, kind] = column.split(' ') as [string, 'int' | 'text' | 'bytes']
      return `${kind === 'int' ? `(value->>${i})::bigint` : kind === 'bytes' ? `decode(value->>${i}, 'hex')` : `value->>${i}`} as ${name}`
    })
    text = `(select ${list.join(', ')} from jsonb_array_elements(`
    texts.set(columns, text)
  }
  return text
}

/** U+0000 and halves of surrogate pairs can stand in JSON, but PostgreSQL's text takes neither. */
function jsonOf(rows: readonly (readonly unknown[])[]): string {
  const json = JSON.stringify(rows)
  return suspicious.test(json) ? JSON.stringify(rows, (_key, value: unknown) => typeof value === 'string' ? readable(value) : value) : json
}

const suspicious = /\\u(0000|d[89a-f])/

function readable(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\uFFFD')
}
