import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** Something that is told once only within a source. */
export interface WantedKey { sourceId: number; key: string; receiptId: number; receivedAt: number }

/**
 * Claims keys for the receipts that want them, the first one first, and tells whose each of them is now. Who finds another
 * receipt's number there came too late. On PostgreSQL this waits for another node that is claiming the same key.
 */
export async function claimKeys(tx: Database, wanted: readonly WantedKey[]): Promise<KeyOwners> {
  const owners = new KeyOwners()
  const firsts = new Map<string, WantedKey>()
  for (const key of wanted) if (!firsts.has(nameOf(key))) firsts.set(nameOf(key), key)
  if (firsts.size === 0) return owners

  // In one order, so that two nodes never wait for each other.
  const rows = [...firsts.values()].sort((a, b) => a.sourceId - b.sourceId || (a.key < b.key ? -1 : 1)).map(({ sourceId, key, receiptId, receivedAt }) => [sourceId, key, receiptId, receivedAt])
  const claimed = await tx.all<KeyRow>(sql`
    insert into receipt_keys (source_id, key, receipt_id, received_at)
    select source_id, key, receipt_id, received_at from ${tx.rows(rows, columns)} as r where true
    on conflict (source_id, key) do nothing
    returning source_id, key, receipt_id`)
  owners.add(claimed)
  if (claimed.length === rows.length) return owners

  const missing = rows.filter(([sourceId, key]) => owners.of(sourceId as number, key as string) === undefined)
  owners.add(await tx.all<KeyRow>(sql`
    select k.source_id, k.key, k.receipt_id from ${tx.rows(missing, columns)} as r
    join receipt_keys k on k.source_id = r.source_id and k.key = r.key`))
  return owners
}

export class KeyOwners {
  readonly #receipts = new Map<string, number>()

  /** The receipt that has this key. */
  of(sourceId: number, key: string): number | undefined {
    return this.#receipts.get(nameOf({ sourceId, key }))
  }

  add(rows: readonly KeyRow[]): void {
    for (const { source_id: sourceId, key, receipt_id: receiptId } of rows) this.#receipts.set(nameOf({ sourceId, key }), receiptId)
  }
}

interface KeyRow { source_id: number; key: string; receipt_id: number }

const columns: readonly Column[] = ['source_id int', 'key text', 'receipt_id int', 'received_at int']
const nameOf = ({ sourceId, key }: { sourceId: number; key: string }): string => `${sourceId} ${key}`
