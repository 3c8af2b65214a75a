import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** What is counted, each by the minute and the organization. */
export const counterKinds = ['succeeded', 'retrying', 'dead', 'discarded', 'replayed'] as const
export type CounterKind = (typeof counterKinds)[number]

/** Adds to what this minute counts: so many of an organization, and of everybody. */
export async function countNow(tx: Database, kind: CounterKind, counts: ReadonlyMap<number, number>): Promise<void> {
  if (counts.size === 0) return
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const rows = [[everybodyBeside, all], ...[...counts].sort((a, b) => a[0] - b[0])]
  await tx.run(sql`
    insert into counters (minute, organization_id, kind, count)
    select cast(${tx.now} as bigint) / 60000, organization_id, ${kind}, count from ${tx.rows(rows, columns)} as r
    where true on conflict (minute, organization_id, kind) do update set count = counters.count + excluded.count`)
}

/**
 * Under which number a session counts for everybody. Beside each organization's own counters stand everybody's, so that
 * nobody has to add up thousands; no organization has a number below 0. Each session has one of its own (among a great
 * many, some share one), so that nodes do not wait for each other at one row.
 */
export function everybodyOf(session: string): number {
  let hash = 0
  for (let i = 0; i < session.length; i++) hash = (hash * 31 + session.charCodeAt(i)) % 1_000
  return -2 - hash
}

/** For what is counted without a session. */
const everybodyBeside = -1

const columns: readonly Column[] = ['organization_id int', 'count int']
