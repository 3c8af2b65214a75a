import { everybody } from '../counters/sum-up.js'
import { firstInstantOfDay } from '../ids/id-days.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Pictures of more than two days are drawn by the hour. */
const minutesKept = 9 * 24 * 60
/** Hours are few, and a year beside the year before is worth seeing. */
const hoursKept = 400 * 24

/** Removes what no delivery refers to any more: counters, ended bulk replays, what could not be published, what consumers gave up, deleted endpoints. */
export async function removeLeftovers(tx: Database, { before, batch }: { before: number; batch: number }): Promise<{ more: boolean }> {
  const removed = [
    await tx.run(sql`
      delete from counters where (minute, organization_id, kind) in (
        select minute, organization_id, kind from counters
        where minute < cast(${tx.now} as bigint) / 60000 - ${minutesKept} and minute < (select minute from counters_summed) order by minute, organization_id, kind limit ${batch})`),
    await tx.run(sql`
      delete from counter_hours where (organization_id, hour, kind) in (
        select h.organization_id, h.hour, h.kind from (select cast(${everybody} as integer) as id union all select id from organizations) as o
        join counter_hours h on h.organization_id = o.id and h.hour < cast(${tx.now} as bigint) / 3600000 - ${hoursKept} limit ${batch})`),
    await tx.run(sql`
      delete from source_count_hours where (source_id, hour, verdict) in (
        select h.source_id, h.hour, h.verdict from sources s
        join source_count_hours h on h.source_id = s.id and h.hour < cast(${tx.now} as bigint) / 3600000 - ${hoursKept} limit ${batch})`),
    await tx.run(sql`
      delete from replays where id in (select id from replays where state > 0 and updated_at < ${before} order by id limit ${batch})`),
    await tx.run(sql`
      delete from outbox_parked where id in (select id from outbox_parked where parked_at < ${before} order by parked_at limit ${batch})`),
    await tx.run(sql`
      delete from consumer_dead_letters where (organization_id, consumer, event_id) in (
        select organization_id, consumer, event_id from consumer_dead_letters where parked_at < ${before} order by organization_id, consumer, event_id limit ${batch})`),
    await removeEndpoints(tx, before, batch),
  ]
  return { more: removed.some((number) => number === batch) }
}

/** A deleted endpoint is kept as long as its deliveries, so that the log can say where they went. */
async function removeEndpoints(tx: Database, before: number, batch: number): Promise<number> {
  const oldest = await tx.first<{ event_id: number | null }>(sql`select min(event_id) as event_id from deliveries`)
  // No event of a later day than its deletion's went to it, and the log loses the oldest first.
  const goneBefore = oldest?.event_id ? Math.min(before, firstInstantOfDay(oldest.event_id)) : before
  const gone = await tx.all<{ id: number }>(sql`select id from endpoints where state = 3 and updated_at < ${goneBefore} order by id limit ${batch}`)
  for (const { id } of gone) {
    await tx.run(sql`delete from lanes where endpoint_id = ${id}`)
    await tx.run(sql`delete from endpoints where id = ${id}`)
  }
  return gone.length
}
