import type { Settings } from '../config/settings.js'

/** The file that these settings name. */
export function sqlitePathOf({ databaseUrl }: Pick<Settings, 'databaseUrl'>): string {
  if (databaseUrl.kind !== 'sqlite') throw new Error('This command copies a SQLite file. For PostgreSQL there is pg_dump; `posthorn copy` moves everything from one database to another.')
  return databaseUrl.path
}
