import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../engine/sqlite-store.js'
import { migrate } from '../storage/migrate.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import type { Clock } from '../engine/clock.js'
import type { Store } from '../engine/store.js'
import type { Database } from '../storage/database.js'
import type { Home } from './home.js'

/** A file of its own for each test. */
export class SqliteHome implements Home {
  #folder = ''
  #database: SqliteDatabase | undefined

  get place(): string { return join(this.#folder, 'posthorn.db') }

  async begin(clock: () => number): Promise<Database> {
    this.#folder = mkdtempSync(join(tmpdir(), 'posthorn-test-'))
    this.#database = new SqliteDatabase(this.place, { clock })
    await migrate(this.#database)
    return this.#database
  }

  async end(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async leave(): Promise<void> { /* nothing is left */ }

  store(clock: Clock): Promise<Store> {
    return openSqliteStore(this.place, clock)
  }
}
