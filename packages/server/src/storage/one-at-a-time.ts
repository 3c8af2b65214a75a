import { sql } from './sql.js'
import type { Database } from './database.js'

/** What only one node at a time may do. The numbers are for ever: nodes of two versions may run side by side. */
const works = { 'migrate': 1, 'register formats': 2, 'relay the outbox': 3, 'raise event ids': 4, 'remove what is old': 5, 'drop old days': 6, 'erase organizations': 7, 'sum up counters': 8, 'fold tallies': 9 } as const

/** The first half of our advisory locks' keys, so that they are nobody else's in the same database ("post"). */
const ours = 0x706f7374

/** Waits until no other node does this work, and keeps them from it until the transaction ends. SQLite has one writer anyway. */
export async function oneAtATime(tx: Database, work: keyof typeof works): Promise<void> {
  if (tx.dialect === 'postgres') await tx.first(sql`select pg_advisory_xact_lock(${ours}::int, ${works[work]}::int)`)
}

/** The same without waiting: false where another node is at it. */
export async function isFreeToDo(tx: Database, work: keyof typeof works): Promise<boolean> {
  if (tx.dialect === 'sqlite') return true
  return (await tx.first<{ free: number }>(sql`select pg_try_advisory_xact_lock(${ours}::int, ${works[work]}::int) as free`))?.free === 1
}
