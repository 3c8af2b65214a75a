import { closeSync, fsyncSync, openSync } from 'node:fs'
import { answerParent, ownCpuUs } from './child.js'
import type { Cost } from './database.js'

// Work on the SQLite file itself, done in a process of its own while the server is down: the history that the workload
// begins with, and the checkpoint that a run's figures must include.

export type DatabaseFileCommands = typeof commands

interface Connection {
  exec(text: string): void
  prepare(text: string): { all(...values: unknown[]): unknown[]; get(...values: unknown[]): unknown; run(...values: unknown[]): unknown }
  close(): void
}

const commands = { seedHistory, checkpoint }

answerParent(commands)

/** The server's own way to open a file, so that the same SQLite reads it. */
async function open(file: string): Promise<Connection> {
  const driver = new URL('../../packages/server/dist/storage/sqlite-driver.js', import.meta.url).href
  const { openConnection } = (await import(driver)) as { openConnection: (path: string) => Connection }
  return openConnection(file)
}

/** Moves everything from the write-ahead log into the file, as a clean end would. */
async function checkpoint({ file }: { file: string }): Promise<Cost> {
  const connection = await open(file)
  const before = { at: performance.now(), cpuUs: ownCpuUs() }
  connection.prepare('pragma wal_checkpoint(truncate)').all()
  const cost = { ms: performance.now() - before.at, cpuUs: ownCpuUs() - before.cpuUs }
  connection.close()
  return cost
}

/**
 * Fills the file with `deliveries` settled ones, each with its event and its attempt: copies, under older event ids, of
 * the deliveries that the product has just made and settled itself. So every column is as the product writes it, every
 * endpoint has its share, and a schema that gains a column needs nothing here.
 */
async function seedHistory({ file, deliveries }: { file: string; deliveries: number }): Promise<void> {
  const connection = await open(file)
  connection.exec('pragma journal_mode = wal; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -200000')
  connection.exec('create temp table samples (slot integer primary key, event_id integer, endpoint_id integer)')
  connection.exec(`
    insert into samples select row_number() over (order by event_id, endpoint_id) - 1, event_id, endpoint_id
    from deliveries where state = 2`)
  const { count, oldest } = connection.prepare('select (select count(*) from samples) as count, (select min(id) from events) as oldest').get() as { count: number; oldest: number }
  if (count === 0) throw new Error('There is no settled delivery to make a history of.')
  const first = oldest - 2 * deliveries
  if (first <= 0) throw new Error('There is no room for a history below the oldest event id.')

  // In the order in which time would have written them, some thousands at once: keys that grow to the right.
  const copies = (['events', 'deliveries', 'attempts'] as const).map((table) => connection.prepare(copyOf(connection, table)))
  for (let done = 0; done < deliveries; done += 20_000) {
    connection.exec('begin immediate')
    for (const copy of copies) copy.run({ first, from: done, until: Math.min(done + 20_000, deliveries), count })
    connection.exec('commit')
  }
  connection.prepare('pragma wal_checkpoint(truncate)').all()
  connection.close()
  reachDisk(file)
}

/** A gigabyte that the system has yet to write would hold up the first syncs of the server. */
function reachDisk(file: string): void {
  const descriptor = openSync(file, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function copyOf(connection: Connection, table: 'events' | 'deliveries' | 'attempts'): string {
  const key = table === 'events' ? 'id' : 'event_id'
  const columns = (connection.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[]).map(({ name }) => name)
  const values = columns.map((column) => (column === key ? ':first + n.i' : `t.${column}`))
  return `
    with recursive n (i) as (select :from union all select i + 1 from n where i + 1 < :until)
    insert into ${table} (${columns.join(', ')})
    select ${values.join(', ')}
    from n cross join samples s on s.slot = n.i % :count cross join ${table} t on t.${key} = s.event_id ${table === 'events' ? '' : 'and t.endpoint_id = s.endpoint_id'}`
}
