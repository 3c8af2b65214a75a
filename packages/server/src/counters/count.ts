import { sql, type Sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** What is counted, each by the minute and the organization. */
export const counterKinds = ['succeeded', 'retrying', 'dead', 'discarded', 'replayed'] as const
export type CounterKind = (typeof counterKinds)[number]

/** Adds to what this minute counts: so many of an organization, and of everybody. For what is rare: else there is `tally`. */
export async function countNow(tx: Database, kind: CounterKind, counts: ReadonlyMap<number, number>): Promise<void> {
  if (counts.size === 0) return
  await addToCounters(tx, sql`cast(${tx.now} as bigint) / 60000`, [...counts].map(([organizationId, count]) => [organizationId, kind, count]))
}

/**
 * Adds to a minute's counters, and to everybody's, which stand beside each organization's own so that nobody has to add up
 * thousands. In one order, as everybody does: nobody waits crosswise.
 */
export async function addToCounters(tx: Database, minute: Sql | number, tallies: readonly (readonly [organizationId: number, kind: string, count: number])[]): Promise<void> {
  const sums = new Map<string, [number, string, number]>()
  for (const [organizationId, kind, count] of tallies) {
    for (const owner of [everybodysMinute, organizationId]) {
      const sum = sums.get(`${owner} ${kind}`)
      if (sum === undefined) sums.set(`${owner} ${kind}`, [owner, kind, count])
      else sum[2] += count
    }
  }
  const rows = [...sums.values()].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count)
    select cast(${minute} as bigint), organization_id, kind, count from ${tx.rows(rows, columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
}

/** Under which number a minute counts for everybody; no organization has one below 1. */
const everybodysMinute = -1

const columns: readonly Column[] = ['organization_id int', 'kind text', 'count int']
