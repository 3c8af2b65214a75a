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

/** So many of a kind, of one organization. */
export type Tally = readonly [organizationId: number, kind: string, count: number]

/** One for each organization and kind among them. */
export function sumTallies(tallies: Iterable<Tally>): Tally[] {
  const sums = new Map<string, [number, string, number]>()
  for (const [organizationId, kind, count] of tallies) {
    const key = `${organizationId} ${kind}`
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, [organizationId, kind, count])
    else sum[2] += count
  }
  return [...sums.values()]
}

/**
 * Adds to a minute's counters, and to everybody's, which stand beside each organization's own so that nobody has to add up
 * thousands. In one order, as everybody does: nobody waits crosswise.
 */
export async function addToCounters(tx: Database, minute: Sql | number, tallies: readonly Tally[]): Promise<void> {
  const everybodys = tallies.map(([, kind, count]): Tally => [everybodysMinute, kind, count])
  const rows = sumTallies([...everybodys, ...tallies]).sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count)
    select cast(${minute} as bigint), organization_id, kind, count from ${tx.rows(rows, columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
}

/** Under which number a minute counts for everybody; no organization has one below 1. */
const everybodysMinute = -1

const columns: readonly Column[] = ['organization_id int', 'kind text', 'count int']
