import { idsPerDay, msPerDay } from '../ids/id-days.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** On PostgreSQL events, deliveries and attempts lie in a partition for each day, by the id of their event. SQLite has none. */
export interface Partition {
  name: string
  table: PartitionedTable
  /** All its ids are below this one. */
  belowId: number
  /** `detaching`: somebody was stopped in the middle of it. `apart`: it belongs to its table no more, and was not dropped yet. */
  state: 'attached' | 'detaching' | 'apart'
}

export const partitionedTables = ['attempts', 'deliveries', 'events'] as const
export type PartitionedTable = (typeof partitionedTables)[number]

/** All partitions, the oldest first, and of one day what refers to events before the events. */
export async function readPartitions(db: Database): Promise<Partition[]> {
  if (db.dialect === 'sqlite') return []
  const rows = await db.all<{ name: string; state: Partition['state'] }>(sql`
    select c.relname as name, case when i.inhrelid is null then 'apart' when i.inhdetachpending then 'detaching' else 'attached' end as state
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid
    where c.relnamespace = 'posthorn'::regnamespace and c.relkind = 'r' and c.relname ~ '^(events|deliveries|attempts)_'`)
  return rows.flatMap(({ name, state }) => {
    const read = /^(attempts|deliveries|events)_(before_)?(\d{4})(\d\d)(\d\d)$/.exec(name)
    if (read === null) return []
    const [, table, isBefore, year, month, date] = read
    const day = Date.UTC(Number(year), Number(month) - 1, Number(date)) / msPerDay
    return [{ name, state, table: table as PartitionedTable, belowId: (isBefore === undefined ? day + 1 : day) * idsPerDay }]
  }).sort((a, b) => a.belowId - b.belowId || partitionedTables.indexOf(a.table) - partitionedTables.indexOf(b.table))
}
