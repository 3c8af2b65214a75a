import { idsPerDay, msPerDay } from '../ids/id-days.js'
import { makePartitions, partitionedFact } from '../partitions/make-partitions.js'
import { oneAtATime } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/**
 * Draws ids for as many events, ascending, within the range of today or a later day. The caller holds the rows of their
 * streams, so within an organization the order of ids is the order of commits; a gap means nothing.
 */
export function drawEventIds(tx: Database, count: number, createdAt: number): Promise<number[]> {
  return tx.dialect === 'sqlite' ? drawFromRow(tx, count, createdAt) : drawFromSequence(tx, count)
}

async function drawFromRow(tx: Database, count: number, createdAt: number): Promise<number[]> {
  const beforeToday = Math.floor(createdAt / msPerDay) * idsPerDay
  const row = await tx.first<{ last_id: number }>(sql`
    update event_ids set last_id = (case when last_id < ${beforeToday} then ${beforeToday} else last_id end) + ${count}
    returning last_id`)
  const first = (row as { last_id: number }).last_id - count + 1
  return Array.from({ length: count }, (_, i) => first + i)
}

interface Drawn { id: number; day: number; partitioned_below: number | null }

/** A row would be locked until the commit, so that all nodes' publishes waited for each other; a sequence lets them draw side by side. */
async function drawFromSequence(tx: Database, count: number): Promise<number[]> {
  for (;;) {
    const rows = await tx.all<Drawn>(sql`
      select nextval('event_ids') as id, ${tx.now} / ${msPerDay} as day, (select value::bigint from installation where name = ${partitionedFact}) as partitioned_below
      from generate_series(1, ${count})`)
    const [first, last] = [rows[0] as Drawn, rows.at(-1) as Drawn]
    if (first.id > first.day * idsPerDay && last.id < (last.partitioned_below ?? 0)) return rows.map((row) => row.id)
    await raise(tx, first.day)
  }
}

/**
 * The first publish of a day. Whoever raised it a second time, having looked before the first, would repeat ids. The day's
 * partitions were made a week ago, unless nobody keeps house; then it is done here, so that publishing goes on.
 */
async function raise(tx: Database, day: number): Promise<void> {
  await oneAtATime(tx, 'raise event ids')
  await tx.first(sql`select setval('event_ids', ${day * idsPerDay}) from event_ids where last_value < ${day * idsPerDay}`)
  await makePartitions(tx, day)
}
