import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** What is counted, each by the minute and the organization. */
export const counterKinds = ['succeeded', 'retrying', 'dead', 'discarded', 'replayed'] as const
export type CounterKind = (typeof counterKinds)[number]

/** Adds to what this minute counts: so many of an organization. */
export async function countNow(tx: Database, kind: CounterKind, counts: ReadonlyMap<number, number>): Promise<void> {
  if (counts.size === 0) return
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count)
    select cast(${tx.now} as bigint) / 60000, organization_id, ${kind}, count from ${tx.rows([...counts].sort((a, b) => a[0] - b[0]), columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
}

const columns: readonly Column[] = ['organization_id int', 'count int']
