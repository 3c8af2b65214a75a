import { withoutPassword } from '../config/database-url.js'
import { systemClock } from '../time/clock.js'
import { openStore } from '../operations/open-store.js'
import { readMigrations } from '../storage/migrate.js'
import type { Settings } from '../config/settings.js'
import type { Terminal } from './terminal.js'

/** Opens the database, which brings it up to date, and says which migrations ran. */
export async function migrateDatabase({ databaseUrl }: Pick<Settings, 'databaseUrl'>, terminal: Terminal): Promise<void> {
  const store = await openStore(databaseUrl, systemClock())
  await store.close()

  // Forward only and without gaps: those that ran are the last ones.
  const ran = store.migrations === 0 ? [] : readMigrations(store.dialect).slice(-store.migrations)
  for (const { number, name } of ran) terminal.print(`${String(number).padStart(4, '0')} ${name}`)
  const place = databaseUrl.kind === 'sqlite' ? databaseUrl.path : withoutPassword(databaseUrl.url)
  terminal.print(ran.length === 0 ? `${place} is up to date.` : `${place} is up to date; ${ran.length === 1 ? 'one migration' : `${ran.length} migrations`} ran.`)
}
