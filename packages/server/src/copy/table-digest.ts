import { createHash } from 'node:crypto'
import { cleanRow } from './clean-start.js'
import { canonicalText, readBatches } from './rows.js'
import type { CopiedTable } from './copied-tables.js'
import type { Database } from '../storage/database.js'

export interface TableDigest { rows: number; digest: string }

/**
 * How many rows a table holds, and a digest of them all: the sum of the SHA-256 of each, as databases sort text each in
 * its own order. Of the source's rows as they are to arrive; those of the target are so already.
 */
export async function digestTable(db: Database, table: CopiedTable, start: { startedAt: number }): Promise<TableDigest> {
  let rows = 0
  let sum = 0n
  for await (const batch of readBatches(db, table)) {
    for (const row of batch.rows) {
      const clean = cleanRow(table.name, row, start)
      if (clean === undefined) continue
      rows++
      sum += BigInt(`0x${createHash('sha256').update(canonicalText(table, clean)).digest('hex')}`)
    }
  }
  return { rows, digest: BigInt.asUintN(256, sum).toString(16).padStart(64, '0') }
}
