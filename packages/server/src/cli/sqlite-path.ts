import type { Settings } from '../config/settings.js'

/** The file that these settings name. */
export function sqlitePathOf({ databaseUrl }: Pick<Settings, 'databaseUrl'>): string {
  if (databaseUrl.kind !== 'sqlite') throw new Error('This command works on SQLite; PostgreSQL is not supported yet. Use DATABASE_URL=sqlite:<path>.')
  return databaseUrl.path
}
