import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An event that a consumer gave up. */
export interface ConsumerDeadLetter {
  consumer: string
  eventId: number
  /** The id and type that its publisher sees; null where the event is not kept any more. */
  givenId: string | null
  type: string | null
  attempts: number
  reason: string
  parkedAt: number
  isDue: boolean
}

/** Puts an event aside, or tells once more why one that was tried again stays there. */
export async function park(tx: Database, { organizationId, consumer, eventId, attempts, reason }: { organizationId: number; consumer: string; eventId: number; attempts: number; reason: string }): Promise<void> {
  await tx.run(sql`
    insert into consumer_dead_letters (organization_id, consumer, event_id, attempts, reason, parked_at)
    values (${organizationId}, ${consumer}, ${eventId}, ${attempts}, ${reason}, ${tx.now})
    on conflict (organization_id, consumer, event_id) do update
    set attempts = excluded.attempts, reason = excluded.reason, parked_at = excluded.parked_at, replay_at = null`)
}

export async function unpark(tx: Database, { organizationId, consumer, eventId }: { organizationId: number; consumer: string; eventId: number }): Promise<void> {
  await tx.run(sql`delete from consumer_dead_letters where organization_id = ${organizationId} and consumer = ${consumer} and event_id = ${eventId}`)
}

/** A consumer's dead letters, newest first. `before`: the event of the last one that was seen. */
export async function listConsumerDeadLetters(db: Database, { organizationId, consumer, before, limit }: { organizationId: number; consumer: string; before: number | undefined; limit: number }): Promise<ConsumerDeadLetter[]> {
  const rows = await db.all<{ event_id: number; given_id: string | null; type: string | null; attempts: number; reason: string; parked_at: number; replay_at: number | null }>(sql`
    select d.event_id, e.given_id, e.type, d.attempts, d.reason, d.parked_at, d.replay_at
    from consumer_dead_letters d left join events e on e.id = d.event_id
    where d.organization_id = ${organizationId} and d.consumer = ${consumer} and d.event_id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by d.event_id desc limit ${limit}`)
  return rows.map((row) => ({
    consumer, eventId: row.event_id, givenId: row.given_id, type: row.type, attempts: row.attempts, reason: row.reason, parkedAt: row.parked_at, isDue: row.replay_at !== null,
  }))
}

/** Asks a consumer to try a dead letter once more. False where there is none. */
export async function replayConsumerDeadLetter(db: Database, { organizationId, consumer, eventId }: { organizationId: number; consumer: string; eventId: number }): Promise<boolean> {
  return db.transaction(async (tx) => await tx.run(sql`
    update consumer_dead_letters set replay_at = ${tx.now} where organization_id = ${organizationId} and consumer = ${consumer} and event_id = ${eventId}`) > 0)
}
