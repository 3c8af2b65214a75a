import { idsPerDay, msPerDay } from '../ids/id-days.js'
import { putFact, readFact } from '../installation/installation.js'
import { oneAtATime } from '../storage/one-at-a-time.js'
import { rawSql, sql } from '../storage/sql.js'
import { readPartitions } from './partitions.js'
import type { Database } from '../storage/database.js'

/** So many days beyond today have their partitions made: a week without anybody who keeps house is survived. */
export const daysAhead = 7
/** With fewer, something is wrong with whoever should make them. */
export const daysAheadAtLeast = 2

/** Ids below this fact's value have a partition. */
export const partitionedFact = 'partitioned_below'

/** Makes the partitions of the days to come, where they are missing. */
export async function makePartitionsAhead(db: Database): Promise<void> {
  if (db.dialect === 'sqlite' || await partitionDaysAhead(db) >= daysAhead) return
  await db.transaction(async (tx) => {
    // Attaching waits for nobody but others who change these tables; then the next time is early enough.
    await tx.run(rawSql(`set local lock_timeout = '5s'`))
    await oneAtATime(tx, 'raise event ids')
    await makePartitions(tx, await today(tx) + daysAhead)
  })
}

/** For how many days after today there are partitions. Infinity where none are needed. */
export async function partitionDaysAhead(db: Database): Promise<number> {
  if (db.dialect === 'sqlite') return Infinity
  return Math.floor(Number(await readFact(db, { name: partitionedFact }) ?? 0) / idsPerDay) - 1 - await today(db)
}

/** Makes what is missing from today, or the day that ids have reached, until that day. The caller keeps everybody else from raising ids. */
export async function makePartitions(tx: Database, untilDay: number): Promise<void> {
  const reached = await tx.first<{ day: number }>(sql`select last_value / ${idsPerDay}::bigint as day from event_ids`)
  const from = Math.max(await today(tx), reached?.day ?? 0)
  const until = Math.max(untilDay, from)
  const made = Math.max(0, ...(await readPartitions(tx)).filter(({ state }) => state === 'attached').map(({ belowId }) => belowId)) / idsPerDay
  for (let day = Math.max(from, made); day <= until; day++) await tx.first(sql`select make_day(${day})`)
  await putFact(tx, { name: partitionedFact, value: String(Math.max(made, until + 1) * idsPerDay) })
}

async function today(db: Database): Promise<number> {
  const row = await db.first<{ day: number }>(sql`select ${db.now} / ${msPerDay}::bigint as day`)
  return (row as { day: number }).day
}
