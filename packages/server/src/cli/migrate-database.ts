import { systemClock } from '../engine/clock.js'
import { openSqliteStore } from '../engine/sqlite-store.js'
import { readMigrations } from '../storage/migrate.js'
import { sqlitePathOf } from './sqlite-path.js'
import type { Settings } from '../config/settings.js'
import type { Terminal } from './terminal.js'

/** Opens the database, which brings it up to date, and says which migrations ran. */
export async function migrateDatabase(settings: Settings, terminal: Terminal): Promise<void> {
  const path = sqlitePathOf(settings)
  const store = await openSqliteStore(path, systemClock())
  await store.close()

  // Forward only and without gaps: those that ran are the last ones.
  const ran = store.migrations === 0 ? [] : readMigrations(store.dialect).slice(-store.migrations)
  for (const { number, name } of ran) terminal.print(`${String(number).padStart(4, '0')} ${name}`)
  terminal.print(ran.length === 0 ? `${path} is up to date.` : `${path} is up to date; ${ran.length === 1 ? 'one migration' : `${ran.length} migrations`} ran.`)
}
