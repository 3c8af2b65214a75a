import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe } from 'vitest'
import { openSqliteStore } from '../engine/sqlite-store.js'
import { migrate } from '../storage/migrate.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { ManualClock } from './manual-clock.js'
import type { Clock } from '../engine/clock.js'
import type { Store } from '../engine/store.js'
import type { Column, Database } from '../storage/database.js'
import type { Sql } from '../storage/sql.js'

/**
 * Runs a suite on each database that Posthorn supports. Every test begins on an empty one with the newest schema; `db` is
 * that database itself, and `db.store()` the same one behind its operations, as the rest of the process sees it.
 */
export function onEachDatabase(name: string, suite: (db: TestDatabase) => void): void {
  describe.each([{ dialect: 'sqlite' as const }])(`${name} ($dialect)`, ({ dialect }) => {
    const db = new TestDatabase(dialect)
    beforeEach(() => db.begin())
    afterEach(() => db.end())
    suite(db)
  })
}

export class TestDatabase implements Database {
  clock = new ManualClock()
  #folder = ''
  #database: SqliteDatabase | undefined
  #stores: Store[] = []

  constructor(readonly dialect: Database['dialect']) {}

  async begin(): Promise<void> {
    this.clock = new ManualClock()
    this.#folder = mkdtempSync(join(tmpdir(), 'posthorn-test-'))
    this.#database = new SqliteDatabase(this.path, { clock: () => this.clock.now() })
    await migrate(this.#database)
  }

  async end(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close() // harmless for one that a test has closed
    this.#database?.close()
    this.#database = undefined
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** The file of the database, in a folder of this test's own. */
  get path(): string { return join(this.#folder, 'posthorn.db') }

  async store(clock: Clock = this.clock): Promise<Store> {
    const store = await openSqliteStore(this.path, clock)
    this.#stores.push(store)
    return store
  }

  get now(): Sql { return this.#open.now }
  all<T>(query: Sql): Promise<T[]> { return this.#open.all<T>(query) }
  first<T>(query: Sql): Promise<T | undefined> { return this.#open.first<T>(query) }
  run(query: Sql): Promise<number> { return this.#open.run(query) }
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T> { return this.#open.transaction(work) }
  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql { return this.#open.rows(rows, columns) }

  get #open(): SqliteDatabase {
    if (this.#database === undefined) throw new Error('This database is there only while a test runs.')
    return this.#database
  }
}
