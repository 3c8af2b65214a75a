import { discardForDeletedEndpoints } from '../endpoints/discard-for-deleted.js'
import { firstIdOfDay, msPerDay } from '../ids/id-days.js'
import { discardHeld } from './discard-held.js'
import { removeExpiredKeys } from './remove-expired-keys.js'
import { discardOverdue } from './discard-overdue.js'
import { removeBodies, removeLog, removePayloads } from './remove-log.js'
import { removeLeftovers } from './remove-leftovers.js'
import { removeReceipts } from '../receipts/remove-receipts.js'
import { isFreeToDo } from '../storage/one-at-a-time.js'
import type { Database } from '../storage/database.js'

export interface Retention {
  /** The data of events accepted before this instant is removed; as with the others, when their whole day (UTC) has passed. */
  payloadsBefore: number
  /** Deliveries, with their attempts, of events accepted before it. */
  attemptsBefore: number
  /** What was sent and answered in attempts, of events accepted before it: headers, and the excerpt of the body. */
  bodiesBefore?: number
  /** Deliveries that are held because their endpoint is not enabled, of events accepted before it, are discarded. */
  heldBefore?: number
  /** Idempotency keys and given event ids: afterwards the same id is a new event. */
  keysBefore: number
  /** How many events, or rows of a table, one call removes at most. */
  batch: number
}

export interface Swept {
  /** There is more to remove: it is worth calling again soon. */
  more: boolean
  /** Deliveries that were given up undelivered, because what they would send was about to be removed, or their endpoint is. */
  discarded: number
  events: number
  deliveries: number
  keys: number
  /** Inbound requests, and what their repetitions would have been known by. */
  receipts: number
}

/**
 * Removes a little of what has been kept long enough, from the left edge of each table, in one short transaction; freed
 * pages are used again, so the file stops growing. What was never delivered is discarded a day before it goes, so that
 * the log shows it.
 */
export async function sweep(db: Database, { payloadsBefore, attemptsBefore, bodiesBefore, heldBefore, keysBefore, batch }: Retention): Promise<Swept> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'remove what is old')) return { more: false, discarded: 0, events: 0, deliveries: 0, keys: 0, receipts: 0 }
    const overdue = await discardOverdue(tx, firstIdOfDay(Math.max(payloadsBefore, attemptsBefore)), batch)
    const held = heldBefore === undefined ? { discarded: 0, more: false } : await discardHeld(tx, firstIdOfDay(heldBefore), batch)
    const payloads = await removePayloads(tx, { belowEventId: firstIdOfDay(payloadsBefore), belowLogId: firstIdOfDay(attemptsBefore), batch })
    const bodies = bodiesBefore === undefined ? { more: false } : await removeBodies(tx, { belowEventId: firstIdOfDay(bodiesBefore), belowLogId: firstIdOfDay(attemptsBefore), batch })
    const log = await removeLog(tx, { belowEventId: firstIdOfDay(payloadsBefore - msPerDay), belowLogId: firstIdOfDay(attemptsBefore - msPerDay), batch })
    const keys = await removeExpiredKeys(tx, { belowEventId: firstIdOfDay(keysBefore), before: keysBefore, batch })
    const receipts = await removeReceipts(tx, { receiptsBefore: payloadsBefore, keysBefore, batch })
    const swept = { discarded: overdue.discarded + held.discarded, events: log.events, deliveries: log.deliveries, keys: keys.removed, receipts: receipts.removed }
    if (overdue.more || held.more || payloads.more || bodies.more || log.more || keys.more || receipts.more) return { ...swept, more: true }

    // Small tables, and read from end to end: only when nothing else is left to do.
    const discarded = await discardForDeletedEndpoints(tx, { limit: batch })
    const leftovers = await removeLeftovers(tx, { before: Math.min(payloadsBefore, attemptsBefore) - msPerDay, batch })
    return { ...swept, discarded: swept.discarded + discarded, more: discarded === batch || leftovers.more }
  })
}
