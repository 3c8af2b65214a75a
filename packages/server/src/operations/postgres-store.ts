import { makePartitionsAhead } from '../partitions/make-partitions.js'
import { migrate } from '../storage/migrate.js'
import { PostgresDatabase, type PostgresOptions } from '../storage/postgres.js'
import { commands } from './commands.js'
import { queries } from './queries.js'
import type { Store } from './store.js'
import { emptyMemory, type Memory } from '../turns/turn.js'
import type { Pool } from 'pg'

/** Connects to a PostgreSQL, brings its schema up to date and gives its operations. They run in this process: waiting for the server costs the event loop nothing. */
export async function openPostgresStore(source: string | Pool, options: PostgresOptions = {}): Promise<Store & { readonly migrations: number }> {
  const migrations = await bringUpToDate(source, options)
  const db = await PostgresDatabase.open(source, options)
  const memory = emptyMemory()
  return {
    dialect: 'postgres',
    migrations,
    command: (name, input) => (commands[name] as Operation)(db, input, memory) as never,
    query: (name, input) => (queries[name] as Operation)(db, input, memory) as never,
    close: () => db.close(),
  }
}

type Operation = (db: PostgresDatabase, input: unknown, memory: Memory) => Promise<unknown>

/** Over a connection of its own: what a migration does to a large table may take longer than any other statement. */
async function bringUpToDate(source: string | Pool, options: PostgresOptions): Promise<number> {
  const db = await PostgresDatabase.open(source, { ...options, poolSize: 1, statementTimeoutMs: 0 })
  try {
    const ran = await migrate(db)
    await makePartitionsAhead(db)
    return ran.length
  } finally {
    await db.close()
  }
}
