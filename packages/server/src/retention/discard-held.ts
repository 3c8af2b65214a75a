import { countNow } from '../counters/count.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

const keys: readonly Column[] = ['event_id int', 'endpoint_id int']

/** Gives up deliveries that have been held for too long: those for endpoints that are not enabled, of events below this id. */
export async function discardHeld(tx: Database, belowEventId: number, batch: number): Promise<{ discarded: number; more: boolean }> {
  const lock = tx.dialect === 'postgres' ? sql`for update of d skip locked` : sql``
  const held = await tx.all<{ event_id: number; endpoint_id: number; organization_id: number }>(sql`
    select d.event_id, d.endpoint_id, d.organization_id
    from endpoints e join deliveries d on d.endpoint_id = e.id
    where e.state in (1, 2) and d.state = 1 and d.event_id < ${belowEventId}
    limit ${batch} ${lock}`)
  if (held.length === 0) return { discarded: 0, more: false }

  await tx.run(sql`
    update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now}
    from ${tx.rows(held.map((delivery) => [delivery.event_id, delivery.endpoint_id]), keys)} as r
    where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id and deliveries.state = 1
      ${spanOf(tx, rawSql('deliveries.event_id'), held.map((delivery) => delivery.event_id))}`)
  const counts = new Map<number, number>()
  for (const { organization_id: id } of held) counts.set(id, (counts.get(id) ?? 0) + 1)
  await countNow(tx, 'discarded', counts)
  return { discarded: held.length, more: held.length === batch }
}
