import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** What is counted, each by the minute and the organization. */
export const counterKinds = ['succeeded', 'retrying', 'dead', 'discarded', 'replayed'] as const
export type CounterKind = (typeof counterKinds)[number]

/** Adds one for each organization named (as often as it is named) to what this minute counts. */
export async function countNow(tx: Database, kind: CounterKind, organizationIds: readonly number[]): Promise<void> {
  if (organizationIds.length === 0) return
  const counts = new Map<number, number>()
  for (const id of organizationIds) counts.set(id, (counts.get(id) ?? 0) + 1)
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count)
    select ${tx.now} / 60000, organization_id, ${kind}, count from ${tx.rows([...counts].sort((a, b) => a[0] - b[0]), columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
}

const columns: readonly Column[] = ['organization_id int', 'count int']
