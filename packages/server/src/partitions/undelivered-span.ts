import { firstIdOfDay, idsPerDay, msPerDay } from '../ids/id-days.js'
import { putFact } from '../installation/installation.js'
import { nothing, rawSql, sql, type Sql } from '../storage/sql.js'
import { readPartitions } from './partitions.js'
import type { Column, Database } from '../storage/database.js'

/** No delivery of an event below this fact's value waits or is being sent. */
export const undeliveredFact = 'undelivered_from'

/** What is at least so old is made due again only by whoever says so: see `keepInSight`. */
const oldAfterDays = 2

/**
 * Bounds for a statement that looks for undelivered deliveries by their endpoint: ` and <column> …`. PostgreSQL then plans
 * for the weeks that have any, mostly this one, and not for all partitions, which takes it longer than reading. Read it
 * once the lanes are locked: who makes something old due again does both under that lock.
 *
 * They are part of the text, which so is another one every week (of a few hundred texts, statements are kept prepared), and
 * not parameters: of bounds that it does not know, the planner thinks that next to nothing lies between them, and reads and
 * sorts all of a lane's 100,000 to find the first ten.
 */
export async function undeliveredSpan(tx: Database): Promise<(column: Sql) => Sql> {
  if (tx.dialect === 'sqlite') return () => nothing
  const { from, last } = await tx.first<{ from: number; last: number }>(sql`
    select coalesce((select value::bigint from installation where name = ${undeliveredFact}), 0) as "from", last_value as last from event_ids`) as { from: number; last: number }
  const idsPerWeek = 7 * idsPerDay
  const week = (id: number): number => Math.floor(id / idsPerWeek)
  const bounds = rawSql(`between ${week(from) * idsPerWeek} and ${(week(last) + 1) * idsPerWeek - 1}`)
  return (column) => sql` and ${column} ${bounds}`
}

/** Comes before deliveries of these events are made due, and holds until the transaction ends. Only for what is old it costs anything. */
export async function keepInSight(tx: Database, eventIds: readonly number[], now: number): Promise<void> {
  if (tx.dialect === 'sqlite') return
  const oldest = eventIds.reduce((a, b) => Math.min(a, b), Infinity)
  if (oldest >= firstIdOfDay(now - oldAfterDays * msPerDay)) return
  // The lock is for whoever raises it meanwhile, not having seen what is made due here.
  await tx.first(sql`select value from installation where name = ${undeliveredFact} for update`)
  await tx.run(sql`update installation set value = ${String(oldest)} where name = ${undeliveredFact} and value::bigint > ${oldest}`)
}

/**
 * Puts the bound where the first day begins that still has something undelivered, a day before what counts as old at the
 * latest. Should there be something below the present bound all the same, as a node of another version may have made, its
 * lanes are woken.
 */
export async function findUndeliveredSpan(db: Database): Promise<void> {
  if (db.dialect === 'sqlite') return
  await db.transaction(async (tx) => {
    await tx.run(sql`insert into installation (name, value) values (${undeliveredFact}, '0') on conflict (name) do nothing`)
    const { value, now } = await tx.first<{ value: number; now: number }>(sql`select value::bigint as value, ${tx.now} as now from installation where name = ${undeliveredFact} for update`) as { value: number; now: number }
    const from = await firstUndelivered(tx, firstIdOfDay(now - (oldAfterDays + 1) * msPerDay))
    if (from === value) return
    await putFact(tx, { name: undeliveredFact, value: String(from) })
    if (from > value) return
    const lanes = await tx.all<{ id: number }>(sql`select distinct endpoint_id as id from deliveries where state = 1 and event_id >= ${from} and event_id < ${value} order by endpoint_id`)
    await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id in (select id from ${tx.rows(lanes.map(({ id }) => [id]), ids)} as r)`)
  })
}

const ids: readonly Column[] = ['id int']

async function firstUndelivered(tx: Database, atMost: number): Promise<number> {
  for (const { table, name, belowId, state } of await readPartitions(tx)) {
    if (table !== 'deliveries' || state !== 'attached') continue
    const firstId = name.includes('_before_') ? 0 : belowId - idsPerDay
    if (firstId >= atMost) break
    const its = rawSql(name)
    const row = await tx.first<{ found: number }>(sql`select exists (select 1 from ${its} where state = 1 and event_id < ${atMost}) or exists (select 1 from ${its} where state = 0 and event_id < ${atMost}) as found`)
    if (row?.found === 1) return firstId
  }
  return atMost
}
