import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { findDelivery, type WalkedDelivery } from './walk-deliveries.js'
import type { Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/** A delivery, named together with the organization that asks for it. */
export interface DeliveryOf extends DeliveryKey { organizationId: number }

/** Lanes are locked before deliveries, by everybody; SQLite has one writer and needs no lock. */
export async function lockLane(tx: Database, { endpointId }: DeliveryKey): Promise<void> {
  if (tx.dialect === 'postgres') await tx.first(sql`select endpoint_id from lanes where endpoint_id = ${endpointId} for update`)
}

/** Whoever owns the lane looks at it again; an owner that is about to sleep meets this row. */
export async function wakeLane(tx: Database, { endpointId }: DeliveryKey): Promise<void> {
  await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id = ${endpointId}`)
}

/** @throws {Problem} `not_found`, also for another organization's */
export async function theDelivery(db: Database, wanted: DeliveryOf): Promise<WalkedDelivery> {
  const delivery = await findDelivery(db, wanted.organizationId, wanted)
  if (delivery === undefined) throw new Problem('not_found', 'There is no such object, or this key does not reach it.')
  return delivery
}
