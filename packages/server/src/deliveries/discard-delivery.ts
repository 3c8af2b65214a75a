import { countNow } from '../counters/count.js'
import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { lockLane, theDelivery, wakeLane, type DeliveryOf } from './change-delivery.js'
import { deliveryStates } from './delivery.js'
import { summarize, type DeliverySummary } from './list-deliveries.js'
import type { Database } from '../storage/database.js'

/**
 * Gives an undelivered delivery up. An attempt that is under way just now may still reach the endpoint; what comes of it
 * changes nothing any more.
 */
export async function discardDelivery(db: Database, wanted: DeliveryOf): Promise<DeliverySummary> {
  return db.transaction(async (tx) => {
    await lockLane(tx, wanted)
    await theDelivery(tx, wanted)
    const changed = await tx.run(sql`
      update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now}
      where event_id = ${wanted.eventId} and endpoint_id = ${wanted.endpointId} and state < ${deliveryStates.succeeded}`)
    if (changed === 0) throw new Problem('already_settled', 'This delivery has ended.')
    // In a strict order the next one may go now.
    await wakeLane(tx, wanted)
    await countNow(tx, 'discarded', new Map([[wanted.organizationId, 1]]))
    return summarize(tx, await theDelivery(tx, wanted))
  })
}
