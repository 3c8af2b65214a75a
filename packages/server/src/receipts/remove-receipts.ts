import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Afterwards their hours tell of them. */
const minutesKept = 9 * 24 * 60

/** Removes a little of what came in and has been kept long enough: receipts with their bytes, and what duplicates were known by. */
export async function removeReceipts(tx: Database, { receiptsBefore, keysBefore, batch }: { receiptsBefore: number; keysBefore: number; batch: number }): Promise<{ removed: number; more: boolean }> {
  const receipts = await removeLeftmost(tx, receiptsBefore, batch)
  const keys = await tx.run(sql`
    delete from receipt_keys where (source_id, key) in (
      select source_id, key from receipt_keys where received_at < ${keysBefore} order by received_at limit ${batch})`)
  const counts = await tx.run(sql`
    delete from source_counts where (minute, source_id, verdict) in (
      select minute, source_id, verdict from source_counts
      where minute < cast(${tx.now} as bigint) / 60000 - ${minutesKept} and minute < (select minute from counters_summed) order by minute, source_id, verdict limit ${batch})`)
  return { removed: receipts + keys, more: receipts === batch || keys === batch || counts === batch }
}

/** Numbers follow arrivals, so what is old stands at the left edge; nothing but the edge is read. */
async function removeLeftmost(tx: Database, before: number, batch: number): Promise<number> {
  const edge = await tx.first<{ id: number | null }>(sql`
    select max(id) as id from (select id, received_at from receipts order by id limit ${batch}) as leftmost where received_at < ${before}`)
  return edge?.id == null ? 0 : tx.run(sql`delete from receipts where id <= ${edge.id}`)
}
