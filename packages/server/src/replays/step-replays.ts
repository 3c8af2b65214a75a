import { countNow } from '../counters/count.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { walkDeliveries, type WalkedDelivery } from '../deliveries/walk-deliveries.js'
import { keepInSight } from '../partitions/undelivered-span.js'
import { spanOf } from '../partitions/span-of.js'
import { replayableAfter } from '../retention/removed-to.js'
import { rawSql, sql } from '../storage/sql.js'
import { alongOf, asReplay, pick, type Replay, type ReplayRow } from './replay.js'
import type { Column, Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

export interface ReplayStep {
  /** Something was done, so it is worth calling again. */
  worked: boolean
  replayed: number
}

/**
 * Takes one running bulk replay a step further: makes at most `limit` deliveries due again and moves the job's cursor, in
 * one transaction. Killed at any moment, the job goes on where it was, and no delivery is taken up twice. Jobs take turns.
 */
export async function stepReplays(db: Database, { limit }: { limit: number }): Promise<ReplayStep> {
  return db.transaction(async (tx) => {
    // Another node's step holds its job's row; this one takes the next.
    const lock = tx.dialect === 'postgres' ? sql`for update skip locked` : sql``
    const row = await tx.first<ReplayRow>(sql`select * from replays where state = 0 order by updated_at, id limit 1 ${lock}`)
    if (row === undefined) return { worked: false, replayed: 0 }

    const replay = asReplay(row)
    const { wanted, end } = await findNext(tx, replay, { eventId: row.cursor_event_id, endpointId: row.cursor_endpoint_id }, limit)
    const replayed = await makeDue(tx, replay, wanted)
    await tx.run(sql`
      update replays set state = ${end === null ? 1 : 0}, replayed = replayed + ${replayed}, updated_at = ${tx.now},
        cursor_event_id = ${end?.eventId ?? row.until_event_id}, cursor_endpoint_id = ${end?.endpointId ?? 0}
      where id = ${replay.id}`)
    return { worked: true, replayed }
  })
}

/** Where little fits, a step reads more, but never much: it stands in the writer's way. */
const readPerWanted = 4

async function findNext(tx: Database, { organizationId, filter, bounds }: Replay, cursor: DeliveryKey, limit: number): Promise<{ wanted: WalkedDelivery[]; end: DeliveryKey | null }> {
  const removedTo = await replayableAfter(tx)
  const wanted: WalkedDelivery[] = []
  let end: DeliveryKey | null = cursor
  for (let i = 0; i < readPerWanted && end !== null && wanted.length < limit; i++) {
    const stretch = await walkDeliveries(tx, { organizationId, along: alongOf(filter), order: 'oldest first', ...bounds, after: end, limit: limit - wanted.length })
    wanted.push(...await pick(tx, stretch.deliveries, filter, bounds, removedTo))
    end = stretch.end
  }
  return { wanted, end }
}

const ids: readonly Column[] = ['id int']
const keyColumns: readonly Column[] = ['event_id int', 'endpoint_id int']

async function makeDue(tx: Database, { organizationId, filter, bounds }: Replay, wanted: readonly WalkedDelivery[]): Promise<number> {
  if (wanted.length === 0) return 0
  const lanes = [...new Set(wanted.map((delivery) => delivery.endpointId))].sort((a, b) => a - b).map((id) => [id])
  // Lanes before deliveries, each in order, as everybody takes them.
  if (tx.dialect === 'postgres') await tx.all(sql`select endpoint_id from lanes where endpoint_id in (select id from ${tx.rows(lanes, ids)} as r) order by endpoint_id for update`)

  const { now } = await tx.first<{ now: number }>(sql`select ${tx.now} as now`) as { now: number }
  await keepInSight(tx, wanted.map(({ eventId }) => eventId), now)
  const changed = await tx.run(sql`
    update deliveries set state = ${deliveryStates.waiting}, step = 0, exempt = 1, due_at = ${tx.now}, updated_at = ${tx.now}
    from ${tx.rows(wanted.map(({ eventId, endpointId }) => [eventId, endpointId]), keyColumns)} as r
    where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id
      and ${filter.state === undefined ? sql`deliveries.state >= ${deliveryStates.succeeded}` : sql`deliveries.state = ${deliveryStates[filter.state]}`} and deliveries.updated_at <= ${bounds.settledBy}
      ${spanOf(tx, rawSql('deliveries.event_id'), wanted.map(({ eventId }) => eventId))}`)
  await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id in (select id from ${tx.rows(lanes, ids)} as r)`)
  await countNow(tx, 'replayed', new Map([[organizationId, changed]]))
  return changed
}
