import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../files/make-folder.js'
import { makePartitionsAhead } from '../partitions/make-partitions.js'
import { migrate } from '../storage/migrate.js'
import { PostgresDatabase } from '../storage/postgres.js'
import { rawSql, sql } from '../storage/sql.js'
import { lockSqliteFile } from '../storage/sqlite-lock.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import type { DatabaseUrl } from '../config/database-url.js'
import type { Database } from '../storage/database.js'

/** A database at one end of a copy, for as long as the copy takes. */
export interface Place {
  db: Database
  /** Reads of one moment, however long they take. Nothing can be written within. */
  snapshot<T>(work: (db: Database) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * The database that is copied: never written to, and not in use.
 *
 * @throws when a server runs on it: what that accepts from now on would stay behind
 */
export async function openSource(url: DatabaseUrl): Promise<Place> {
  if (url.kind === 'postgres') return openPostgres(url.url)
  if (!existsSync(url.path)) throw new Error(`There is no database at ${url.path}.`)
  const lock = lockSource(url.path)
  try {
    return sqlitePlace(new SqliteDatabase(url.path, { clock: Date.now, readOnly: true }), lock)
  } catch (error) {
    lock.close()
    throw error
  }
}

/** The database that a copy fills, brought up to date. */
export async function openTarget(url: DatabaseUrl): Promise<Place> {
  if (url.kind === 'sqlite') makeFolder(dirname(url.path))
  const lock = url.kind === 'sqlite' ? lockSqliteFile(url.path) : undefined
  try {
    const place = url.kind === 'sqlite' ? sqlitePlace(new SqliteDatabase(url.path, { clock: Date.now }), lock) : await openPostgres(url.url)
    try {
      await migrate(place.db)
      await makePartitionsAhead(place.db)
      return place
    } catch (error) {
      await place.close()
      throw error
    }
  } catch (error) {
    lock?.close()
    throw error
  }
}

/** @throws when a server runs on it. On SQLite the file's lock is the proof that none does; a session there was left by a kill. */
export async function refuseAtWork(db: Database): Promise<void> {
  if (db.dialect === 'sqlite') return
  const alive = await db.first<{ node: string }>(sql`select node from sessions where alive_until > ${db.now} limit 1`)
  if (alive !== undefined) throw new Error(`The node ${alive.node} is at work on this database. Stop it first, so that nothing more is accepted there (after a kill, its session runs out within 45 s).`)
}

function lockSource(path: string): { close(): void } {
  try {
    return lockSqliteFile(path)
  } catch (cause) {
    throw new Error(`${path} is in use. Stop the server on it first, so that nothing more is accepted there; or copy from a backup (\`posthorn backup\`).`, { cause })
  }
}

function sqlitePlace(db: SqliteDatabase, lock: { close(): void } | undefined): Place {
  return {
    db,
    async snapshot(work) {
      db.exec('begin')
      try {
        return await work(db)
      } finally {
        db.exec('rollback')
      }
    },
    async close() {
      db.close()
      lock?.close()
    },
  }
}

/** A large batch, or counting a large table, may take longer than any statement of a server. */
async function openPostgres(url: string): Promise<Place> {
  const db = await PostgresDatabase.open(url, { poolSize: 2, statementTimeoutMs: 0, allowFsyncOff: true })
  return {
    db,
    snapshot: (work) => db.transaction(async (tx) => {
      await tx.run(rawSql('set transaction isolation level repeatable read, read only'))
      // It idles while the other side writes.
      await tx.run(sql`set local idle_in_transaction_session_timeout = 0`)
      return work(tx)
    }),
    close: () => db.close(),
  }
}
