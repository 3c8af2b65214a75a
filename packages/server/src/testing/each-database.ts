import { afterAll, afterEach, beforeEach, describe, inject } from 'vitest'
import { ManualClock } from './manual-clock.js'
import { PostgresHome } from './postgres-home.js'
import { SqliteHome } from './sqlite-home.js'
import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Column, Database, TransactionOptions } from '../storage/database.js'
import type { Home } from './home.js'
import type { Sql } from '../storage/sql.js'

/**
 * Runs a suite on each database that Posthorn supports. Every test begins on an empty one with the newest schema; `db` is
 * that database itself, and `db.store()` the same one behind its operations, as the rest of the process sees it.
 */
export function onEachDatabase(name: string, suite: (db: TestDatabase) => void): void {
  onSqlite(name, suite)
  if (!onlyOnSqlite.has(name)) onPostgres(name, suite)
}

/** What a suite would show on PostgreSQL too, or means nothing there, and why it does not run there. */
const onlyOnSqlite = new Map([
  ['backup', 'It copies a SQLite file; PostgreSQL has its own tools.'],
])

export function onSqlite(name: string, suite: (db: TestDatabase) => void): void {
  describe(`${name} (sqlite)`, () => { runOn(new TestDatabase('sqlite', new SqliteHome()), suite) })
}

/** Where there is no PostgreSQL to be had, the run says so at its beginning, and these are skipped. */
export function onPostgres(name: string, suite: (db: TestDatabase) => void): void {
  const server = inject('postgres')
  describe.skipIf(server === null)(`${name} (postgres)`, () => { runOn(new TestDatabase('postgres', new PostgresHome(server)), suite) })
}

function runOn(db: TestDatabase, suite: (db: TestDatabase) => void): void {
  beforeEach(() => db.begin())
  afterEach(() => db.end())
  afterAll(() => db.leave())
  suite(db)
}

export class TestDatabase implements Database {
  clock = new ManualClock()
  #database: Database | undefined
  #stores: Store[] = []

  constructor(readonly dialect: Database['dialect'], private readonly home: Home) {}

  async begin(): Promise<void> {
    this.clock = new ManualClock()
    this.#database = await this.home.begin(() => this.clock.now())
  }

  async end(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close() // harmless for one that a test has closed
    this.#database = undefined
    await this.home.end()
  }

  leave(): Promise<void> { return this.home.leave() }

  /** On SQLite the database's file, in a folder of this test's own; on PostgreSQL its URL. */
  get path(): string { return this.home.place }

  async store(clock: Clock = this.clock): Promise<Store> {
    const store = await this.home.store(clock)
    this.#stores.push(store)
    return store
  }

  get now(): Sql { return this.#open.now }
  all<T>(query: Sql): Promise<T[]> { return this.#open.all<T>(query) }
  first<T>(query: Sql): Promise<T | undefined> { return this.#open.first<T>(query) }
  run(query: Sql): Promise<number> { return this.#open.run(query) }
  runAlone(query: Sql, lockTimeoutMs: number): Promise<void> { return this.#open.runAlone(query, lockTimeoutMs) }
  transaction<T>(work: (tx: Database) => Promise<T>, options?: TransactionOptions): Promise<T> { return this.#open.transaction(work, options) }
  last<T>(send: () => Promise<T>): Promise<T> { return this.#open.last(send) }
  insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> { return this.#open.insert(table, columns, rows) }
  insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> { return this.#open.insertMissing(table, columns, rows) }
  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql { return this.#open.rows(rows, columns) }

  get #open(): Database {
    if (this.#database === undefined) throw new Error('This database is there only while a test runs.')
    return this.#database
  }
}
