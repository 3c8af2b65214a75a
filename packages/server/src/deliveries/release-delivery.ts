import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { lockLane, theDelivery, wakeLane, type DeliveryOf } from './change-delivery.js'
import { deliveryStates } from './delivery.js'
import { summarize, type DeliverySummary } from './list-deliveries.js'
import type { Database } from '../storage/database.js'

/** Makes an undelivered delivery due now, whatever its schedule says, once its endpoint is enabled (again). */
export async function releaseDelivery(db: Database, wanted: DeliveryOf): Promise<DeliverySummary> {
  return db.transaction(async (tx) => {
    await lockLane(tx, wanted)
    const delivery = await theDelivery(tx, wanted)
    if (delivery.state >= deliveryStates.succeeded) throw new Problem('not_held', 'This delivery has ended.', { fix: 'Replay it to send it once more.' })
    if (delivery.endpointState !== 0) throw new Problem('endpoint_not_enabled', 'The endpoint of this delivery is not enabled, so nothing is sent to it.')

    // What a session has in memory (sending) is on its way already.
    const changed = await tx.run(sql`
      update deliveries set due_at = ${tx.now}, updated_at = ${tx.now}
      where event_id = ${wanted.eventId} and endpoint_id = ${wanted.endpointId} and state = ${deliveryStates.waiting} and due_at > ${tx.now}`)
    if (changed > 0) await wakeLane(tx, wanted)
    return summarize(tx, await theDelivery(tx, wanted))
  })
}
