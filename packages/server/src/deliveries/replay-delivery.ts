import { countNow } from '../counters/count.js'
import { Problem } from '../problems/problem.js'
import { replayableAfter } from '../retention/removed-to.js'
import { keepInSight } from '../partitions/undelivered-span.js'
import { sql } from '../storage/sql.js'
import { lockLane, theDelivery, wakeLane, type DeliveryOf } from './change-delivery.js'
import { deliveryStates } from './delivery.js'
import { summarize, type DeliverySummary } from './list-deliveries.js'
import type { Database } from '../storage/database.js'

/**
 * Makes a delivery that has ended due again: the same event under the same id, the whole retry schedule once more, and
 * attempt numbers that run on. It stands outside a strict order. One that is still on its way is refused: it may be in
 * a node's memory, where nobody would see that it was asked for twice.
 */
export async function replayDelivery(db: Database, wanted: DeliveryOf): Promise<DeliverySummary> {
  return db.transaction(async (tx) => {
    await lockLane(tx, wanted)
    const delivery = await theDelivery(tx, wanted)
    if (delivery.endpointState === 3) throw new Problem('conflict', 'The endpoint of this delivery has been deleted.', { fix: 'Create the endpoint again and publish the event anew.' })
    if (delivery.event === undefined || delivery.eventId <= await replayableAfter(tx)) throw new Problem('payload_expired', 'The data of this event was removed when its retention had passed.')

    if (delivery.event.isErased) throw new Problem('payload_expired', 'The data of this event was erased.', { fix: 'Publish it anew, if it is to be sent.' })
    const { now } = await tx.first<{ now: number }>(sql`select ${tx.now} as now`) as { now: number }
    await keepInSight(tx, [wanted.eventId], now)
    const changed = await tx.run(sql`
      update deliveries set state = ${deliveryStates.waiting}, step = 0, exempt = 1, due_at = ${tx.now}, updated_at = ${tx.now}
      where event_id = ${wanted.eventId} and endpoint_id = ${wanted.endpointId} and state >= ${deliveryStates.succeeded}`)
    if (changed === 0) throw new Problem('already_on_its_way', 'This delivery has not ended yet.')
    await wakeLane(tx, wanted)
    await countNow(tx, 'replayed', new Map([[wanted.organizationId, 1]]))
    return summarize(tx, await theDelivery(tx, wanted))
  })
}
