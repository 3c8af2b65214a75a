import { isFreeToDo } from '../storage/one-at-a-time.js'
import { sql, type Sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** How far the counters have been summed up: all minutes below this one, and of this one the counters up to this organization and kind. */
export interface Summed { minute: number; organization_id: number; kind: string }

/** Under whose number everybody's counts stand together; no organization has it. */
export const everybody = 0

/**
 * Adds what minutes that are over have counted to their hours and to everybody's, at most so many counters in one short
 * transaction, and tells whether there is more. Whoever settles writes only its own counters, so that nodes never wait for
 * each other at everybody's.
 */
export async function sumUp(db: Database, { limit }: { limit: number }): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'sum up counters')) return false
    const begun = await summedTo(tx)
    const { below } = await tx.first<{ below: number }>(sql`select cast(${tx.now} as bigint) / 60000 - ${stillCountedMinutes} as below`) as { below: number }
    let summed: Summed = begun
    for (let room = limit; room > 0 && summed.minute < below;) {
      const minute = summed.organization_id === everybody ? await nextMinute(tx, summed.minute, below) : summed.minute
      const counted = minute === below ? [] : await countersAfter(tx, minute, summed, room)
      if (counted.length > 0) await add(tx, minute, counted)
      if (counted.length === room) {
        const { organization_id, kind } = counted[counted.length - 1] as Counted
        summed = { minute, organization_id, kind }
      } else {
        if (minute < below) await addSources(tx, minute)
        summed = { minute: Math.min(minute + 1, below), organization_id: everybody, kind: '' }
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
  return await db.first<Summed>(sql`select minute, organization_id, kind from counters_summed`) ?? { minute: 0, organization_id: everybody, kind: '' }
}

/** A transaction that counts may take a while to commit, and requests are counted a little after they came. */
const stillCountedMinutes = 2

interface Counted { organization_id: number; kind: string; count: number }

async function nextMinute(tx: Database, from: number, below: number): Promise<number> {
  const next = await tx.first<{ counted: number | null; received: number | null }>(sql`
    select (select min(minute) from counters where minute >= ${from} and organization_id > ${everybody}) as counted, (select min(minute) from source_counts where minute >= ${from}) as received`)
  return Math.min(next?.counted ?? below, next?.received ?? below, below)
}

function countersAfter(tx: Database, minute: number, { organization_id, kind }: Summed, limit: number): Promise<Counted[]> {
  return tx.all<Counted>(sql`
    select organization_id, kind, count from counters
    where minute = ${minute} and organization_id > ${everybody} and (organization_id, kind) > (${organization_id}, ${kind})
    order by organization_id, kind limit ${limit}`)
}

async function add(tx: Database, minute: number, counted: readonly Counted[]): Promise<void> {
  const sums = new Map<string, number>()
  for (const { kind, count } of counted) sums.set(kind, (sums.get(kind) ?? 0) + Number(count))
  const together = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => [everybody, kind, count])
  const hour = Math.floor(minute / 60)
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count) select ${asNumber(minute)}, organization_id, kind, count from ${tx.rows(together, columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
  await tx.run(sql`
    insert into counter_hours (organization_id, hour, kind, count)
    select organization_id, ${asNumber(hour)}, kind, count from ${tx.rows([...together, ...counted.map(({ organization_id, kind, count }) => [organization_id, kind, Number(count)])], columns)} as r
    where true on conflict (organization_id, hour, kind) do update set count = counter_hours.count + excluded.count`)
}

async function addSources(tx: Database, minute: number): Promise<void> {
  await tx.run(sql`
    insert into source_count_hours (source_id, hour, verdict, count)
    select source_id, minute / 60, verdict, count from source_counts where minute = ${minute}
    on conflict (source_id, hour, verdict) do update set count = source_count_hours.count + excluded.count`)
}

function asNumber(value: number): Sql {
  return sql`cast(${value} as bigint)`
}

const columns: readonly Column[] = ['organization_id int', 'kind text', 'count int']
