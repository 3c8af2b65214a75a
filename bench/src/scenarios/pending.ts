import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { LaneSearch } from '../../../packages/server/dist/lanes/lane-search.js'
import { findFreeLanes, lookAtLanes, releaseLanes, takeLanes, type LaneDelivery } from '../../../packages/server/dist/lanes/lanes.js'
import { settle, type Settlement } from '../../../packages/server/dist/deliveries/settle.js'
import { beginSession } from '../../../packages/server/dist/lanes/sessions.js'
import { pollTimes } from '../../../packages/server/dist/engine/lane-poll.js'
import { migrate } from '../../../packages/server/dist/storage/migrate.js'
import { PostgresDatabase as Database } from '../../../packages/server/dist/storage/postgres.js'
import { latencyFigures, type Figure, type ScenarioResult } from '../figures.js'
import { LatencyHistogram } from '../latency-histogram.js'
import { loadPending, type PendingWorld } from '../pending-world.js'
import { PostgresDatabase } from '../postgres-database.js'
import type { Bench, Scenario } from './scenario.js'

/** What finding the next work costs when ten million deliveries wait and somebody reads an old snapshot. */
export const pending: Scenario = {
  name: 'pending',
  about: '10,000,000 pending deliveries over 2,000 organizations and 50,000 endpoints, 20,000 of them overdue in one organization, under churn with a snapshot open all the while',
  database: 'postgres',
  isOnRequest: true,
  play,
}

const lookAtOnce = 100
const readPerLook = 8
/** A poll of a node comes four times a second; here without a rest for more churn than any node makes, but for others' turns. */
const restMs = 20
/** Lanes of other organizations that fall due per round. */
const wokenPerRound = 5

async function play({ options, tell }: Bench): Promise<ScenarioResult> {
  const world: PendingWorld = { pending: options.pending, organizations: 2_000, endpoints: 50_000, overdue: 20_000 }
  const folder = mkdtempSync(join(options.folder, 'posthorn-bench-'))
  chmodSync(folder, 0o755)
  let server: PostgresDatabase | undefined
  let db: Database | undefined
  try {
    server = await PostgresDatabase.start(folder)
    db = await Database.open(server.url)
    await migrate(db)
    await loadPending(server.url, world, tell)
    return await measure(db, server.url, world, options.minutes, tell)
  } finally {
    await db?.close()
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(db: Database, url: string, world: PendingWorld, minutes: number, tell: (line: string) => void): Promise<ScenarioResult> {
  const [reader, watcher] = await Promise.all([connect(url), connect(url)])
  await reader.query('begin isolation level repeatable read; select count(*) from lanes')
  const before = await sizes(watcher)
  const [takes, looks, waits] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()]
  const [early, late] = [new LatencyHistogram(), new LatencyHistogram()]
  const beganAt = performance.now()
  const search = new LaneSearch()
  const session = await beginSession(db, 'bench')
  const woken = new Map<number, number>()
  let [settled, taken, rounds, slowest] = [0, 0, 0, 0]
  const until = performance.now() + minutes * 60_000
  for (let toldAt = performance.now(); performance.now() < until; rounds++) {
    for (const id of await wakeSome(watcher, world)) if (!woken.has(id)) woken.set(id, performance.now())
    if ((await findFreeLanes(db, { search })).isDue) {
      const startedAt = performance.now()
      const lanes = await takeLanes(db, session, pollTimes.takeAtOnce, { search })
      const tookMs = performance.now() - startedAt
      takes.record(tookMs * 1000)
      const part = (performance.now() - beganAt) / (until - beganAt)
      if (part < 0.25) early.record(tookMs * 1000)
      if (part >= 0.75) late.record(tookMs * 1000)
      slowest = Math.max(slowest, tookMs)
      taken += lanes.length
      for (const id of lanes) {
        const wokenAt = woken.get(id)
        if (wokenAt !== undefined) waits.record((performance.now() - wokenAt) * 1000)
        woken.delete(id)
      }
      settled += await work(db, session, lanes, looks)
    }
    await pause(restMs)
    if (performance.now() - toldAt > 30_000) {
      toldAt = performance.now()
      tell(`${rounds} rounds, ${taken.toLocaleString('en')} lanes taken, ${settled.toLocaleString('en')} deliveries settled, take p99 ${(takes.percentileUs(0.99) / 1000).toFixed(1)} ms`)
    }
  }
  await reader.query('commit')
  const after = await sizes(watcher)
  await Promise.all([reader.end(), watcher.end()])

  const figures: Figure[] = [
    ...latencyFigures('take', takes.counts).map((figure): Figure => figure.name.endsWith('p99') ? { ...figure, atMost: 20 } : figure),
    { name: 'take p50, in the last quarter ÷ in the first', value: late.percentileUs(0.5) / early.percentileUs(0.5), unit: '' },
    { name: 'take, slowest', value: slowest, unit: 'ms' },
    ...latencyFigures('look at 100 lanes', looks.counts),
    ...latencyFigures('from waking a lane of another organization until it is taken', waits.counts),
    { name: 'lanes taken', value: taken / (minutes * 60), unit: '/s' },
    { name: 'settled', value: settled / (minutes * 60), unit: '/s' },
    ...Object.keys(after).map((name): Figure => ({ name: `${name} ÷ before`, value: (after[name] as number) / (before[name] as number), unit: '' })),
  ]
  const remarks = [`${minutes} minutes, ${takes.total} takes`, ...(minutes < 10 ? ['the definition is 10 minutes'] : []), ...(world.pending < 10_000_000 ? [`only ${world.pending} pending`] : [])]
  return { scenario: pending.name, figures, remarks, detail: { world, before, after } }
}

/** As a node: reads what the lanes have, settles it as delivered, and lets the lanes go. */
async function work(db: Database, session: string, lanes: readonly number[], looks: LatencyHistogram): Promise<number> {
  let settled = 0
  for (let first = 0; first < lanes.length; first += lookAtOnce) {
    const some = lanes.slice(first, first + lookAtOnce)
    const startedAt = performance.now()
    const seen = await lookAtLanes(db, session, some.map((endpointId) => ({ endpointId, ordered: false, limit: readPerLook })))
    looks.record((performance.now() - startedAt) * 1000)
    const organizations = new Map(seen.events.map((event) => [event.id, event.organizationId]))
    const settlements = seen.looks.flatMap((look) => look.deliveries.map((delivery) => delivered(delivery, organizations.get(delivery.eventId) ?? 0)))
    if (settlements.length > 0) settled += (await db.transaction((tx) => settle(tx, session, settlements))).applied
    await db.transaction((tx) => releaseLanes(tx, session, some))
  }
  return settled
}

function delivered({ eventId, endpointId, attempts }: LaneDelivery, organizationId: number): Settlement {
  return {
    eventId, endpointId, organizationId, attempts, state: 2, step: 0, waitMs: 0, at: Date.now(), acceptedAt: Date.now(), durationMs: 5, status: 200, errorClass: null, error: null,
    url: 'https://receiver.example', requestHeaders: '{"webhook-id":"evt"}', responseHeaders: '{}', answer: null, disable: null, failingSince: undefined, alerts: [],
  }
}

/** Lanes of organizations other than the big one are woken, as dispatch does where it has new work for them. */
async function wakeSome(client: pg.Client, { endpoints, overdue }: PendingWorld): Promise<number[]> {
  const ids = Array.from({ length: wokenPerRound }, () => overdue + 1 + Math.floor(Math.random() * (endpoints - overdue)))
  const { rows } = await client.query<{ endpoint_id: string }>(`
    update lanes set wake_at = floor(extract(epoch from statement_timestamp()) * 1000)::bigint where endpoint_id = any($1) and session is null returning endpoint_id`, [ids])
  return rows.map((row) => Number(row.endpoint_id))
}

/** In bytes, of the tables that change most and of their indexes. */
async function sizes(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(`
    select 'size of lanes' as name, pg_total_relation_size('lanes') as bytes
    union all select 'size of deliveries', sum(pg_total_relation_size(relid)) from pg_partition_tree('deliveries') where isleaf`)
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.bytes)]))
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('set search_path = posthorn')
  return client
}
