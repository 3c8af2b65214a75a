import { isFreeToDo } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import { addToCounters, sumTallies, type Tally } from './count.js'
import type { Column, Database } from '../storage/database.js'

/**
 * Counts in this minute, with one row however many organizations and kinds there are among them: for each of these a row
 * of its own would be about one for each delivery. They are added to the counters a little later, and whoever reads
 * counters adds up what was not added to them yet.
 */
export async function tally(tx: Database, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length === 0) return
  await tx.run(sql`insert into tallies (minute, counts) select cast(${tx.now} as bigint) / 60000, ${JSON.stringify(sumTallies(tallies))}`)
}

/** Adds the oldest tallies to the counters, at most so many in one short transaction, and tells whether there are more. */
export async function foldTallies(db: Database, { limit }: { limit: number }): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'fold tallies')) return false
    const rows = await tx.all<{ id: number; minute: number; counts: string }>(sql`select id, minute, counts from tallies order by id limit ${limit}`)
    if (rows.length === 0) return false
    for (const minute of [...new Set(rows.map((row) => row.minute))].sort((a, b) => a - b)) {
      await addToCounters(tx, minute, rows.filter((row) => row.minute === minute).flatMap(talliesOf))
    }
    await tx.run(sql`delete from tallies where id in (select id from ${tx.rows(rows.map(({ id }) => [id]), ids)} as r)`)
    return rows.length === limit
  })
}

export function talliesOf({ counts }: { counts: string }): Tally[] {
  return JSON.parse(counts) as Tally[]
}

const ids: readonly Column[] = ['id int']
