import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openConnection } from '../storage/sqlite-driver.js'

/**
 * Copies a SQLite database that may be in use to a new file: all that was committed when the copy began, and nothing of
 * what came later. Neither the server's writes nor its reads wait for it. The copy is one file, compact, on stable
 * storage when this returns, and readable by its owner only. It never takes the place of a file that is there.
 *
 * Secrets in it are sealed: without the encryption key the copy sends no signed webhook, so keep that key too, elsewhere.
 */
export function backupSqlite(sourcePath: string, targetPath: string): { bytes: number } {
  if (!existsSync(sourcePath)) throw new Error(`There is no database at ${sourcePath}.`)
  if (existsSync(targetPath)) throw new Error(`${targetPath} exists already. Name a new file; a backup never overwrites one.`)

  // A copy that was cut short must not look like a backup, so it gets its name only when it is whole.
  const partial = `${targetPath}.${process.pid}.partial`
  rmSync(partial, { force: true })
  try {
    closeSync(openSync(partial, 'wx', 0o600))
    copy(sourcePath, partial)
    chmodSync(partial, 0o600)
    sync(partial)
    // Unlike a rename, a link fails if somebody has made the target meanwhile.
    linkSync(partial, targetPath)
  } finally {
    rmSync(partial, { force: true })
  }
  sync(dirname(resolve(targetPath)))
  return { bytes: statSync(targetPath).size }
}

function copy(sourcePath: string, targetPath: string): void {
  const connection = openConnection(sourcePath, { readOnly: true })
  try {
    connection.exec('pragma busy_timeout = 5000')
    // It reads within one transaction, so it sees one moment; it takes no lock that a writer of a WAL database waits for.
    connection.prepare('vacuum into ?').run(targetPath)
  } finally {
    connection.close()
  }
}

/** Brings a file, or a folder's list of files, to stable storage. */
function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
