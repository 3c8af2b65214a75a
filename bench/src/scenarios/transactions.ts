import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Figure, ScenarioResult } from '../figures.js'
import { eventBody } from '../event-body.js'
import { usageOf } from '../processes.js'
import type { Bench, Scenario } from './scenario.js'

/** What applications publish in their own transactions: how fast they may, and how fast it comes into the streams. */
export const transactions: Scenario = {
  name: 'transactions',
  about: '8 clients that publish with SQL, each event a transaction, for 100 organizations; no endpoint subscribes',
  database: 'postgres',
  play,
}

const clients = 8
const { before, after } = eventBody('order.created')
/** Of an event of the usual size, what SQL is given. */
const data = `${before.slice(before.indexOf('"data":') + '"data":'.length)}0000000000000000${after.slice(0, -1)}`

async function play(bench: Bench): Promise<ScenarioResult> {
  const stage = await bench.own()
  const { organizationIds } = await stage.makeWorld('transactions', 100, 1)
  const pool = new pg.Pool({ connectionString: stage.database.url, max: clients + 1 })
  // The bench ends PostgreSQL before what is open there is closed.
  pool.on('error', () => {})
  try {
    const seconds = Math.max(2, bench.options.seconds / 3)
    await stage.server.stop()
    const alone = await publishAll(pool, organizationIds, seconds, () => usageOf(stage.database.pids).cpuUs)
    const waiting = await count(pool, 'outbox')
    await stage.server.start()
    const cpuUs = () => usageOf(stage.pids).cpuUs
    const relayed = await watchRelay(pool, cpuUs)

    const inStreams = await count(pool, 'events')
    const together = await publishAll(pool, organizationIds, seconds, cpuUs)
    const relayedMeanwhile = await count(pool, 'events') - inStreams
    await untilEmpty(pool)
    const delays = await measureDelay(pool, organizationIds)

    const parked = await count(pool, 'outbox_parked')
    const figures: Figure[] = [
      { name: 'publish() alone', value: alone.count / alone.seconds, unit: '/s', atLeast: 10_000 },
      { name: 'publish() alone, CPU of PostgreSQL', value: alone.cpuUs / alone.count, unit: 'µs per event' },
      { name: 'relay alone', value: relayed.count / relayed.seconds, unit: '/s', atLeast: 20_000 },
      { name: 'relay alone, CPU', value: relayed.cpuUs / relayed.count, unit: 'µs per event' },
      { name: 'publish() beside the relay', value: together.count / together.seconds, unit: '/s' },
      { name: 'relayed meanwhile', value: relayedMeanwhile / together.seconds, unit: '/s' },
      { name: 'commit to stream at 50/s p50', value: delays.p50, unit: 'ms' },
      { name: 'commit to stream at 50/s p99', value: delays.p99, unit: 'ms', atMost: 150 },
      { name: 'parked', value: parked, unit: '', atMost: 0 },
    ]
    return { scenario: transactions.name, figures, remarks: [], detail: { alone, waiting, relayed, together, relayedMeanwhile, delays } }
  } finally {
    await pool.end()
  }
}

interface Pace { count: number; seconds: number; cpuUs: number }

async function publishAll(pool: pg.Pool, organizationIds: readonly string[], seconds: number, cpuUs: () => number): Promise<Pace> {
  const startedAt = performance.now()
  const before = cpuUs()
  const until = startedAt + seconds * 1_000
  let published = 0
  await Promise.all(Array.from({ length: clients }, async (_, n) => {
    const client = await pool.connect()
    for (let i = n; performance.now() < until; i += clients) {
      await publish(client, organizationIds[i % organizationIds.length] as string)
      published++
    }
    client.release()
  }))
  return { count: published, seconds: (performance.now() - startedAt) / 1_000, cpuUs: cpuUs() - before }
}

function publish(client: pg.Pool | pg.PoolClient, organizationId: string): Promise<unknown> {
  return client.query({ name: 'publish', text: `select posthorn.publish($1, 'order.created', $2)`, values: [organizationId, data] })
}

/** From the first row that is gone until the last is. */
async function watchRelay(pool: pg.Pool, cpuUs: () => number): Promise<Pace> {
  const begin = await count(pool, 'outbox')
  let first = begin
  let firstAt = performance.now()
  let before = cpuUs()
  for (let now = begin; ; now = await count(pool, 'outbox')) {
    if (now === begin) [first, firstAt, before] = [now, performance.now(), cpuUs()]
    if (now === 0) return { count: first, seconds: (performance.now() - firstAt) / 1_000, cpuUs: cpuUs() - before }
    await pause(100)
  }
}

async function untilEmpty(pool: pg.Pool): Promise<void> {
  while (await count(pool, 'outbox') > 0) await pause(50)
}

/** An event tells when it was put into the outbox, and when into the stream. */
async function measureDelay(pool: pg.Pool, organizationIds: readonly string[]): Promise<{ p50: number; p99: number }> {
  const { rows: [mark] } = await pool.query<{ id: string }>('select coalesce(max(id), 0) as id from posthorn.events')
  for (let i = 0; i < 200; i++) {
    await publish(pool, organizationIds[i % organizationIds.length] as string)
    await pause(20)
  }
  await untilEmpty(pool)
  const { rows: [found] } = await pool.query<{ p50: number; p99: number }>(`
    select percentile_cont(0.5) within group (order by created_at - occurred_at) as p50, percentile_cont(0.99) within group (order by created_at - occurred_at) as p99
    from posthorn.events where id > $1`, [mark?.id])
  return found ?? { p50: NaN, p99: NaN }
}

async function count(pool: pg.Pool, table: 'outbox' | 'outbox_parked' | 'events'): Promise<number> {
  const { rows: [row] } = await pool.query<{ number: string }>(`select count(*) as number from posthorn.${table}`)
  return Number(row?.number)
}
