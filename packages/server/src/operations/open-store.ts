import { openPostgresStore } from './postgres-store.js'
import { openSqliteStore } from './sqlite-store.js'
import type { DatabaseUrl } from '../config/database-url.js'
import type { PostgresOptions } from '../storage/postgres.js'
import type { Clock } from '../time/clock.js'
import type { Store } from './store.js'
import type { Pool } from 'pg'

export interface OpenOptions extends Pick<PostgresOptions, 'allowFsyncOff'> { pool?: Pool | undefined }

/** Opens the database that a URL names, or that a pool is connected to, and brings its schema up to date; `migrations` says how many that took. */
export function openStore(url: DatabaseUrl, clock: Clock, { pool, ...options }: OpenOptions = {}): Promise<Store & { readonly migrations: number }> {
  return url.kind === 'sqlite' ? openSqliteStore(url.path, clock) : openPostgresStore(pool ?? url.url, options)
}
