import { openPostgresStore } from './postgres-store.js'
import { openSqliteStore } from './sqlite-store.js'
import type { DatabaseUrl } from '../config/database-url.js'
import type { Clock } from './clock.js'
import type { Store } from './store.js'

/** Opens the database that a URL names and brings its schema up to date; `migrations` says how many that took. */
export function openStore(url: DatabaseUrl, clock: Clock): Promise<Store & { readonly migrations: number }> {
  return url.kind === 'sqlite' ? openSqliteStore(url.path, clock) : openPostgresStore(url.url)
}
