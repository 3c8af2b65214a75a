import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Numbers for as many receipts, ascending. What is swept away is never numbered again: events and keys carry the number. */
export async function drawReceiptIds(tx: Database, count: number): Promise<number[]> {
  if (tx.dialect === 'postgres') return (await tx.all<{ id: number }>(sql`select nextval('receipt_ids') as id from generate_series(1, ${count})`)).map((row) => row.id)
  const row = await tx.first<{ last_id: number }>(sql`update receipt_ids set last_id = last_id + ${count} returning last_id`)
  return Array.from({ length: count }, (_, i) => (row as { last_id: number }).last_id - count + 1 + i)
}
