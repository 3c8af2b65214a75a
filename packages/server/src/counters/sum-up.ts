import { isFreeToDo } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** How far the counters have been summed up: all minutes below this one, and of this one the counters up to this organization and kind. */
export interface Summed { minute: number; organization_id: number; kind: string }

/** Under whose number everybody's hours stand; no organization has it. In a minute it is whatever is below. */
export const everybody = 0

/** Adds what minutes that are over have counted to their hours, at most so many counters in one short transaction, and tells whether there is more. */
export async function sumUp(db: Database, { limit }: { limit: number }): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'sum up counters')) return false
    const begun = await summedTo(tx)
    const { over, tallied } = await tx.first<{ over: number; tallied: number | null }>(sql`
      select cast(${tx.now} as bigint) / 60000 - ${stillCountedMinutes} as over, (select min(minute) from tallies) as tallied`) as { over: number; tallied: number | null }
    const below = Math.min(over, tallied ?? over)
    let summed: Summed = begun
    for (let room = limit; room > 0 && summed.minute < below;) {
      const minute = summed.organization_id === first ? await nextMinute(tx, summed.minute, below) : summed.minute
      const counted = minute === below ? [] : await countersAfter(tx, minute, summed, room)
      if (counted.length > 0) await add(tx, minute, counted)
      if (counted.length === room) {
        const { organization_id, kind } = counted[counted.length - 1] as Counted
        summed = { minute, organization_id, kind }
      } else {
        if (minute < below) await addSources(tx, minute)
        summed = { minute: Math.min(minute + 1, below), organization_id: first, kind: '' }
      }
      room -= Math.max(1, counted.length)
    }
    if (summed !== begun) {
      await tx.run(sql`delete from counters_summed`)
      await tx.run(sql`insert into counters_summed (minute, organization_id, kind) values (${summed.minute}, ${summed.organization_id}, ${summed.kind})`)
    }
    return summed.minute < below
  })
}

export async function summedTo(db: Database): Promise<Summed> {
  return await db.first<Summed>(sql`select minute, organization_id, kind from counters_summed`) ?? { minute: 0, organization_id: first, kind: '' }
}

/** Below every number that anything is counted under. */
const first = -1_000_000

/** A transaction that counts may take a while to commit, and requests are counted a little after they came. */
const stillCountedMinutes = 2

interface Counted { organization_id: number; kind: string; count: number }

async function nextMinute(tx: Database, from: number, below: number): Promise<number> {
  const next = await tx.first<{ counted: number | null; received: number | null }>(sql`
    select (select min(minute) from counters where minute >= ${from}) as counted, (select min(minute) from source_counts where minute >= ${from}) as received`)
  return Math.min(next?.counted ?? below, next?.received ?? below, below)
}

function countersAfter(tx: Database, minute: number, { organization_id, kind }: Summed, limit: number): Promise<Counted[]> {
  return tx.all<Counted>(sql`
    select organization_id, kind, count from counters
    where minute = ${minute} and (organization_id, kind) > (${organization_id}, ${kind})
    order by organization_id, kind limit ${limit}`)
}

async function add(tx: Database, minute: number, counted: readonly Counted[]): Promise<void> {
  const sums = new Map<string, [number, string, number]>()
  for (const { organization_id, kind, count } of counted) {
    const organization = Math.max(everybody, organization_id)
    const sum = sums.get(`${organization} ${kind}`)
    if (sum === undefined) sums.set(`${organization} ${kind}`, [organization, kind, Number(count)])
    else sum[2] += Number(count)
  }
  await tx.run(sql`
    insert into counter_hours (organization_id, hour, kind, count)
    select organization_id, cast(${Math.floor(minute / 60)} as bigint), kind, count from ${tx.rows([...sums.values()], columns)} as r
    where true on conflict (organization_id, hour, kind) do update set count = counter_hours.count + excluded.count`)
}

async function addSources(tx: Database, minute: number): Promise<void> {
  await tx.run(sql`
    insert into source_count_hours (source_id, hour, verdict, count)
    select source_id, minute / 60, verdict, count from source_counts where minute = ${minute}
    on conflict (source_id, hour, verdict) do update set count = source_count_hours.count + excluded.count`)
}

const columns: readonly Column[] = ['organization_id int', 'kind text', 'count int']
