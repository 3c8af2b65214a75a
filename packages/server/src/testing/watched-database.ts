import { rawSql, render, type Sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** What was asked of a database, and how many rows its lists had. */
export interface Watched { database: Database; rowsRead: number; plans: string[]; statements: string[] }

/** The same database, watched. `explain`: the plan of every statement is asked for before it runs (SQLite). */
export function watch(real: Database, { explain = false } = {}): Watched {
  const watched: Watched = { database: real, rowsRead: 0, plans: [], statements: [] }
  const note = async (query: Sql): Promise<void> => {
    const { text, values } = render(query, () => '?')
    watched.statements.push(text)
    if (!explain) return
    let n = 0
    const literal = text.replace(/\?/g, () => literalOf(values[n++]))
    for (const { detail } of await real.all<{ detail: string }>(rawSql(`explain query plan ${literal}`))) watched.plans.push(detail)
  }
  const noted = ['all', 'first', 'run'] as const
  watched.database = new Proxy(real, {
    get(target, name) {
      if (name === 'transaction') return (work: (tx: Database) => Promise<unknown>) => target.transaction(() => work(watched.database))
      if (!noted.some((method) => method === name)) {
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async (query: Sql) => {
        await note(query)
        const result = await target[name as (typeof noted)[number]](query)
        if (Array.isArray(result)) watched.rowsRead += result.length
        return result
      }
    },
  })
  return watched
}

/** The tables that SQLite read from end to end. What a subquery has found does not count, nor what JSON brought along. */
export function scannedTables(plans: readonly string[]): string[] {
  const subqueries = new Set(plans.map((step) => /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(step)?.[1]))
  return plans.flatMap((step) => {
    const scanned = /^SCAN (\S+)/.exec(step)?.[1]
    return scanned === undefined || subqueries.has(scanned) || / VIRTUAL TABLE /.test(step) || scanned === 'CONSTANT' ? [] : [scanned]
  })
}

export function usedIndexes(plans: readonly string[]): string[] {
  const names = plans.map((step) => /USING (?:COVERING )?INDEX (\S+)/.exec(step)?.[1]).filter((name) => name !== undefined && !name.startsWith('sqlite_'))
  return [...new Set(names as string[])].sort()
}

function literalOf(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
