import { readFact } from '../installation/installation.js'
import type { Database } from '../storage/database.js'

/** The last event whose data retention has removed, or 0: that event and all before it can be sent no more. */
export async function payloadsRemovedTo(db: Database): Promise<number> {
  return Number(await readFact(db, { name: payloadsRemovedFact }) ?? 0)
}

export const payloadsRemovedFact = 'payloads_removed_to'
