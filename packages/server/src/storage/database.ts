import type { Sql } from './sql.js'

/** One row, by column name, as the database gives it. */
export type Row = Record<string, string | number | null | Uint8Array>

/**
 * A database and, within `transaction`, a transaction. SQLite and PostgreSQL are its two implementations; what they
 * cannot say alike, a function says in two texts by `dialect`.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  /** Milliseconds since 1970 by the clock that due dates follow: SQL on PostgreSQL (its own clock), a value on SQLite. */
  readonly now: Sql
  all<T = Row>(query: Sql): Promise<T[]>
  first<T = Row>(query: Sql): Promise<T | undefined>
  /** Runs a statement and tells how many rows it changed. Statements of a transaction run as they were sent, whether or not each is awaited before the next. */
  run(query: Sql): Promise<number>
  /** Runs a statement that must not stand in a transaction, and gives up once it has waited `lockTimeoutMs` for others. */
  runAlone(query: Sql, lockTimeoutMs: number): Promise<void>
  /** All or nothing, on stable storage when the promise is fulfilled. Inside another transaction: a savepoint. */
  transaction<T>(work: (tx: Database) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * Runs the last statements of what this transaction was given for; `send` sends them all at once and decides nothing by
   * their answers. Where the transaction `commitsWithLast`, the commit travels along with them, and nothing may follow.
   */
  last<T>(send: () => Promise<T>): Promise<T>
  /** `rows` as a table expression of one row each, to be selected from. Its text is the same however many they are. */
  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql
  /**
   * Inserts many rows of a table, whose columns `columns` names. For the tables that grow with every event: on SQLite
   * statements of some rows each cost a third of one that takes them all out of JSON.
   */
  insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void>
  /** The same, where a row may be there already, which is left as it is; and where next to never one is. */
  insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void>
}

export interface TransactionOptions {
  /** On PostgreSQL `last` commits, which saves waiting for one more answer. Only for a transaction whose work is all of one function that says which its last statements are. */
  commitsWithLast?: boolean
}

/** A column of `Database.rows`. `bytes` arrive as hexadecimal text. */
export type Column = `${string} ${'int' | 'text' | 'bytes'}`
