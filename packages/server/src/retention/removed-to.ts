import { readFact } from '../installation/installation.js'
import type { Database } from '../storage/database.js'

/** How far retention has come, each as the last event that it has dealt with. */
export const removedFacts = { payloads: 'payloads_removed_to', bodies: 'bodies_removed_to', undelivered: 'undelivered_discarded_to' } as const

/** The last event whose data retention has removed, or 0. */
export async function payloadsRemovedTo(db: Database): Promise<number> {
  return Number(await readFact(db, { name: removedFacts.payloads }) ?? 0)
}

/** The last event whose attempts have lost what was sent and answered, or 0. */
export async function bodiesRemovedTo(db: Database): Promise<number> {
  return Number(await readFact(db, { name: removedFacts.bodies }) ?? 0)
}

/** The last event whose deliveries were given up because its time was over, or 0. */
export async function undeliveredDiscardedTo(db: Database): Promise<number> {
  return Number(await readFact(db, { name: removedFacts.undelivered }) ?? 0)
}

/** The last event of which nothing can be sent any more, or 0: its data is gone, or about to go. */
export async function replayableAfter(db: Database): Promise<number> {
  return Math.max(await payloadsRemovedTo(db), await undeliveredDiscardedTo(db))
}
