import { sql } from '../storage/sql.js'
import type { OutboxRow } from './outbox-row.js'
import type { Column, Database } from '../storage/database.js'

/** An event that no stream could take. `problem`: an error's code and what happened. */
export interface Parked { organization: string; type: string; key: string | null; problem: string }

const columns: readonly Column[] = ['organization text', 'type text', 'data text', 'key text', 'origin int', 'created_at int', 'occurred_at int', 'parked_at int', 'problem text']

/** Puts aside what was taken out of the outbox, for an operator to see. */
export async function park(tx: Database, rows: readonly (OutboxRow & Parked)[], at: number): Promise<void> {
  if (rows.length === 0) return
  await tx.insert('outbox_parked', columns, rows.map((row) => [row.organization, row.type, row.data, row.key, row.origin, row.created_at, row.occurred_at, at, row.problem]))
}

/** How the outbox is doing: for how long its oldest row has been waiting, and how many are parked (counted to a limit). */
export async function outboxState(db: Database, _input: object): Promise<{ oldestMs: number; parked: number; parkedIsAtLeast: boolean }> {
  const oldest = await db.first<{ age: number }>(sql`select ${db.now} - created_at as age from outbox order by id limit 1`)
  const parked = await db.first<{ number: number }>(sql`select count(*) as number from (select 1 from outbox_parked limit ${maxCounted + 1}) as few`)
  const number = parked?.number ?? 0
  return { oldestMs: Math.max(0, oldest?.age ?? 0), parked: Math.min(number, maxCounted), parkedIsAtLeast: number > maxCounted }
}

const maxCounted = 10_000
