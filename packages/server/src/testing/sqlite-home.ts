import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../operations/sqlite-store.js'
import { migrate } from '../storage/migrate.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { engageThread } from './shared-threads.js'
import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Database } from '../storage/database.js'
import type { Home } from './home.js'

/** A file of its own for each test, a copy of one that was migrated. */
export class SqliteHome implements Home {
  static #migrated: Promise<string> | undefined
  #folder = ''
  #database: SqliteDatabase | undefined

  get place(): string { return join(this.#folder, 'posthorn.db') }

  async begin(clock: () => number): Promise<Database> {
    this.#folder = mkdtempSync(join(tmpdir(), 'posthorn-test-'))
    copyFileSync(await (SqliteHome.#migrated ??= makeMigrated()), this.place)
    this.#database = new SqliteDatabase(this.place, { clock })
    return this.#database
  }

  async end(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async leave(): Promise<void> { /* nothing is left */ }

  store(clock: Clock): Promise<Store> {
    return openSqliteStore(this.place, clock, engageThread)
  }
}

async function makeMigrated(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-test-schema-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'posthorn.db')
  const database = new SqliteDatabase(path, { clock: Date.now })
  await migrate(database)
  // Else the schema may still lie in the file's log.
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  return path
}
