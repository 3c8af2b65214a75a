import { countNow } from '../counters/count.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { lockLanes } from '../lanes/lanes.js'
import { lockCursor } from '../endpoints/change-endpoint.js'
import { sql } from '../storage/sql.js'
import { findEvent, type EventSummary } from '../events/read-events.js'
import type { Column, Database } from '../storage/database.js'

/**
 * Erases what an event tells: its data, what was sent and answered in its attempts, and the inbound request that it came
 * with. That it was, of which type and when, and where it went, stays, so that the log can be read. What was to be sent is
 * discarded; only what a node has in its memory at this moment may still go out. Undefined when there is no such event.
 */
export async function eraseEvent(db: Database, wanted: { organizationId: number; publicId: string }): Promise<EventSummary | undefined> {
  return db.transaction(async (tx) => {
    const { organizationId } = wanted
    // Dispatch holds the cursor, so that either its deliveries are seen here, or it sees that there is nothing to send.
    await lockCursor(tx, organizationId)
    const event = await findEvent(tx, wanted)
    if (event === undefined || event.erasedAt !== null) return event

    const lanes = (await tx.all<{ endpoint_id: number }>(sql`select endpoint_id from deliveries where event_id = ${event.id} order by endpoint_id`)).map((row) => row.endpoint_id)
    await lockLanes(tx, lanes)
    const discarded = await tx.run(sql`
      update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now} where event_id = ${event.id} and state < ${deliveryStates.succeeded}`)
    await countNow(tx, 'discarded', new Map([[organizationId, discarded]]))
    // In a strict order the next one may go now.
    if (discarded > 0) await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id in (select id from ${tx.rows(lanes.map((id) => [id]), ids)} as r)`)

    await tx.run(sql`update attempts set request_headers = '{}', response_headers = null, answer = null, error = null where event_id = ${event.id}`)
    await tx.run(sql`update events set data = 'null', erased_at = ${tx.now} where id = ${event.id}`)
    if (event.receiptId !== null) await emptyReceipts(tx, event.receiptId)
    return findEvent(tx, wanted)
  })
}

/** Of the request that told it, and of its repetitions, which came later and told the same. */
async function emptyReceipts(tx: Database, id: number): Promise<void> {
  await tx.run(sql`
    update receipts set url = '', headers = '[]', body = ${new Uint8Array()}, kept = 2
    where id = ${id} or id in (select id from receipts where verdict = 1 and verdict <> 0 and id > ${id} and duplicate_of = ${id})`)
}

const ids: readonly Column[] = ['id int']
