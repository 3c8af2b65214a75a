import { createRequire } from 'node:module'

/** The part of `node:sqlite` that Posthorn uses; `@photostructure/sqlite` has the same. */
export interface SqliteConnection {
  exec(text: string): void
  prepare(text: string): SqliteStatement
  close(): void
}
export interface SqliteStatement {
  all(...values: unknown[]): unknown[]
  get(...values: unknown[]): unknown
  run(...values: unknown[]): { changes: number | bigint }
}

/**
 * Opens a SQLite file with a SQLite of at least 3.51.3 (older ones can lose a WAL commit on checkpoint races):
 * Node's own where it is new enough, else the one that `@photostructure/sqlite` carries.
 */
export function openConnection(path: string, options: { readOnly?: boolean } = {}): SqliteConnection {
  const { DatabaseSync } = driver()
  return new DatabaseSync(path, { readOnly: options.readOnly ?? false })
}

type Driver = { DatabaseSync: new (path: string, options: { readOnly: boolean }) => SqliteConnection }

function driver(): Driver {
  const require = createRequire(import.meta.url)
  return isAtLeast(process.versions['sqlite'], [3, 51, 3])
    ? require('node:sqlite') as Driver
    : require('@photostructure/sqlite') as Driver
}

function isAtLeast(version: string | undefined, wanted: readonly number[]): boolean {
  if (version === undefined) return false
  const parts = version.split('.').map(Number)
  for (let i = 0; i < wanted.length; i++) {
    const difference = (parts[i] ?? 0) - (wanted[i] as number)
    if (difference !== 0) return difference > 0
  }
  return true
}
