import { closeSync, fdatasync, openSync } from 'node:fs'
import { rawSql } from './sql.js'
import type { SqliteDatabase } from './sqlite.js'

/**
 * What a commit appends to the WAL has to be copied into the file, and once all of it is, the WAL begins again from its
 * start. Two threads share that, so that no publisher waits for it:
 *
 * - The reader's copies, a little at a time, while the writer writes on. It never gets to the end of a busy WAL.
 * - The writer's copies the little that is left of a long WAL, between two operations. That is when SQLite waits until the
 *   whole file is on disk, so whatever was copied before is brought there as soon as it is copied, by a thread of libuv's:
 *   what is left to wait for is 5 ms, instead of 40 in the midst of a commit.
 */

/** Pages that the WAL may hold before a commit copies them, in a publisher's time: the others have always done so before. */
export const commitCopiesPages = 32_000
export const walLimits = {
  /** While pages are copied, every commit waits for the same disk; so it is little at a time. No more is written for that. */
  readerCopiesPages: 1_000,
  longWalPages: 12_000,
  littleLeftPages: 400,
}
const lookEveryMs = 100
/** Of a server that rests, each look is a thread that wakes. */
const restingLookEveryMs = 500

interface Wal { pages: number; copied: number }

/** For the thread that reads. Goes on until `isClosed`. */
export async function keepCopying(db: SqliteDatabase, isClosed: () => boolean, limits = walLimits): Promise<void> {
  if (isClosed()) return
  const { pages, copied } = await look(db)
  const left = pages - copied
  if (left > limits.readerCopiesPages) await copy(db)
  setTimeout(() => void keepCopying(db, isClosed, limits), left > limits.readerCopiesPages / 8 ? lookEveryMs : restingLookEveryMs).unref()
}

/** For the thread that writes. */
export class WalEnd {
  readonly #db: SqliteDatabase
  readonly #limits: typeof walLimits
  /**
   * Only to be closed after all of this process's connections to the file: whoever closes any descriptor of a file gives up
   * all locks that his process has on it (POSIX fcntl), SQLite's among them.
   */
  readonly #file: number
  /** Of the pages that are copied, as many as are sure to be on disk. */
  #onDisk = 0
  #isSyncing = false

  constructor(db: SqliteDatabase, path: string, limits = walLimits) {
    this.#db = db
    this.#limits = limits
    this.#file = openSync(path, 'r+')
  }

  /** After each operation. */
  async tend(): Promise<void> {
    const { pages, copied } = await look(this.#db)
    if (copied > this.#onDisk) this.#sync(copied)
    // It has begun again.
    if (copied < this.#onDisk) this.#onDisk = copied
    const { longWalPages, littleLeftPages } = this.#limits
    if (pages > longWalPages && pages - copied < littleLeftPages) await copy(this.#db)
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Should it fail, SQLite's own will as well, which is the one that counts. */
  #sync(copied: number): void {
    if (this.#isSyncing) return
    this.#isSyncing = true
    fdatasync(this.#file, () => {
      this.#onDisk = copied
      this.#isSyncing = false
    })
  }
}

async function look(db: SqliteDatabase): Promise<Wal> {
  const state = await db.first<{ log: number; checkpointed: number }>(rawSql('pragma wal_checkpoint(noop)')).catch(() => undefined)
  return { pages: state?.log ?? 0, copied: state?.checkpointed ?? 0 }
}

/** "Passive" neither waits for anybody nor makes anybody wait. Where the disk is busy or full the next time will do, and the writer tells of what is really wrong. */
async function copy(db: SqliteDatabase): Promise<void> {
  await db.first(rawSql('pragma wal_checkpoint(passive)')).catch(() => {})
}
