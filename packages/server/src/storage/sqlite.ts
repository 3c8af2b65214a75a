import { openConnection, type SqliteConnection, type SqliteStatement } from './sqlite-driver.js'
import { Sql, render, sql, type Value } from './sql.js'
import type { Column, Database, Row } from './database.js'

export interface SqliteOptions {
  readOnly?: boolean
  /** Milliseconds since 1970, for `now`. */
  clock: () => number
  /** Memory for pages, in KiB. */
  cacheKiB?: number
  /** Pages that the WAL may hold before a commit copies them itself; a thread beside usually does it first. */
  autoCheckpointPages?: number
}

/**
 * A SQLite file, or a transaction on it. The calls underneath are synchronous, so this belongs in a thread of its own,
 * and its callers must take turns: one operation at a time.
 */
export class SqliteDatabase implements Database {
  readonly dialect = 'sqlite'
  readonly #connection: SqliteConnection
  readonly #statements = new Map<string, SqliteStatement>()
  readonly #clock: () => number
  #depth = 0
  /** What ended the whole transaction although only a savepoint's work failed: a full disk, an I/O error. Nothing more may run in it. */
  #lost: unknown

  constructor(path: string, options: SqliteOptions) {
    this.#clock = options.clock
    this.#connection = openConnection(path, { readOnly: options.readOnly ?? false })
    try {
      this.#prepareConnection(options)
    } catch (error) {
      this.#connection.close()
      throw error
    }
  }

  get now(): Sql { return sql`${this.#clock()}` }

  async all<T = Row>(query: Sql): Promise<T[]> {
    const { statement, values } = this.#statement(query)
    return statement.all(...values) as T[]
  }

  async first<T = Row>(query: Sql): Promise<T | undefined> {
    const { statement, values } = this.#statement(query)
    return statement.get(...values) as T | undefined
  }

  async run(query: Sql): Promise<number> {
    const { statement, values } = this.#statement(query)
    return Number(statement.run(...values).changes)
  }

  /** Nothing of ours needs it: whatever SQLite does, it does in a transaction. */
  async runAlone(query: Sql): Promise<void> {
    if (this.#depth > 0) throw new Error('This must not run in a transaction.')
    await this.run(query)
  }

  last<T>(send: () => Promise<T>): Promise<T> {
    return send()
  }

  async transaction<T>(work: (tx: Database) => Promise<T>): Promise<T> {
    const depth = this.#depth++
    const [begin, commit, rollback] = depth === 0
      ? ['begin immediate', 'commit', 'rollback']
      : [`savepoint s${depth}`, `release s${depth}`, `rollback to s${depth}; release s${depth}`]
    try {
      this.#connection.exec(begin as string)
      try {
        const result = await work(this)
        if (this.#lost !== undefined) throw this.#lost
        this.#connection.exec(commit as string)
        return result
      } catch (error) {
        if (!this.#tryToRollBack(rollback as string) && depth > 0) this.#lost ??= error
        throw error
      }
    } finally {
      this.#depth = depth
      if (depth === 0) this.#lost = undefined
    }
  }

  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
    return new Sql([rowsText(columns), '))'], [JSON.stringify(rows)])
  }

  async insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    this.#insert(table, columns, rows, '')
  }

  async insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    this.#insert(table, columns, rows, 'on conflict do nothing')
  }

  /** Many rows at a time, as what a call into SQLite costs by itself is as much as a row; in groups of few sizes, so that few statements stay prepared. */
  #insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[], tail: string): void {
    const isBytes = columns.map((column) => column.endsWith(' bytes'))
    for (let from = 0; from < rows.length;) {
      const count = groupSizes.find((size) => size <= rows.length - from) as number
      this.#prepare(insertText(table, columns, count, tail)).run(...valuesOf(rows, from, count, isBytes))
      from += count
    }
  }

  /** Several statements at once, none of them with values: migrations and pragmas. */
  exec(text: string): void {
    this.#connection.exec(text)
  }

  close(): void {
    this.#statements.clear()
    this.#connection.close()
  }

  #statement(query: Sql): { statement: SqliteStatement; values: Value[] } {
    const { text, values } = render(query, () => '?')
    return { statement: this.#prepare(text), values }
  }

  #prepare(text: string): SqliteStatement {
    // Outside of its transaction each statement would commit by itself.
    if (this.#lost !== undefined) throw this.#lost
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#connection.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  #prepareConnection({ readOnly, autoCheckpointPages, cacheKiB }: SqliteOptions): void {
    // First of all: each later pragma may find the file locked for a moment by another connection.
    this.#connection.exec('pragma busy_timeout = 5000')
    this.#connection.exec(`pragma cache_size = -${cacheKiB ?? 16_384}; pragma temp_store = memory; pragma mmap_size = 0`)
    if (readOnly) return
    this.#connection.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma wal_autocheckpoint = ${autoCheckpointPages ?? 1000}`)
    // A 2xx promises an fsynced commit, so what the file really runs with is read back, not believed.
    const { synchronous } = this.#connection.prepare('pragma synchronous').get() as { synchronous: number }
    const { journal_mode: journal } = this.#connection.prepare('pragma journal_mode').get() as { journal_mode: string }
    if (synchronous < 2 || journal !== 'wal') throw new Error(`SQLite runs with journal_mode=${journal} and synchronous=${synchronous}; Posthorn needs wal and at least 2 (FULL).`)
  }

  /** A full disk or an I/O error may have ended the transaction already; then there is nothing to go back to, and the first error tells more. */
  #tryToRollBack(text: string): boolean {
    try {
      this.#connection.exec(text)
      return true
    } catch {
      return false
    }
  }
}

const rowsTexts = new Map<readonly Column[], string>()

/** `(select value->>0 as id, … from json_each(` for these columns; callers pass the same array each time. */
function rowsText(columns: readonly Column[]): string {
  let text = rowsTexts.get(columns)
  if (text === undefined) {
    const list = columns.map((column, i) => {
      const [name, kind] = column.split(' ') as [string, string]
      return kind === 'bytes' ? `unhex(value->>${i}) as ${name}` : `value->>${i} as ${name}`
    })
    text = `(select ${list.join(', ')} from json_each(`
    rowsTexts.set(columns, text)
  }
  return text
}

const groupSizes = [64, 16, 4, 1]

/** The values of some rows, one after another. */
function valuesOf(rows: readonly (readonly unknown[])[], from: number, count: number, isBytes: readonly boolean[]): unknown[] {
  const values: unknown[] = []
  for (let r = from; r < from + count; r++) {
    const row = rows[r] as readonly unknown[]
    for (let i = 0; i < isBytes.length; i++) {
      const value = row[i]
      values.push(isBytes[i] === true && typeof value === 'string' ? Buffer.from(value, 'hex') : value)
    }
  }
  return values
}

const insertTexts = new Map<readonly Column[], Map<string, string>>()

/** The statement for so many rows; callers pass the same array of columns each time. */
function insertText(table: string, columns: readonly Column[], rows: number, tail: string): string {
  let texts = insertTexts.get(columns)
  if (texts === undefined) insertTexts.set(columns, texts = new Map())
  const key = `${rows} ${table} ${tail}`
  let text = texts.get(key)
  if (text === undefined) {
    const names = columns.map((column) => column.slice(0, column.indexOf(' ')))
    const row = `(${names.map(() => '?').join(', ')})`
    text = `insert into ${table} (${names.join(', ')}) values ${Array.from({ length: rows }, () => row).join(', ')} ${tail}`
    texts.set(key, text)
  }
  return text
}
