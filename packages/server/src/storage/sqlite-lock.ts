import { openConnection, type SqliteConnection } from './sqlite-driver.js'

/**
 * Keeps every other process from a SQLite file, by an exclusive lock of the operating system on a file beside it. It goes
 * with the process, SIGKILL included, so a lock that is held is the proof that its holder lives. Whoever takes it keeps
 * what it is given: the driver closes a connection that nothing refers to.
 */
export function lockSqliteFile(path: string): SqliteConnection {
  const connection = openConnection(`${path}.lock`)
  try {
    connection.exec('pragma busy_timeout = 0; pragma journal_mode = memory; begin exclusive')
    return connection
  } catch {
    connection.close()
    throw new Error(`Another Posthorn process has ${path} open. Stop it first, or give this one another DATABASE_URL.`)
  }
}
