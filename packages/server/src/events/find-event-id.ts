import { firstIdOfDay, idsPerDay } from '../ids/id-days.js'
import { parseEventId } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** The number of the event that an organization knows by this id: the publisher's own, or ours where it brought none. */
export async function findEventId(db: Database, organizationId: number, publicId: string): Promise<number | undefined> {
  const brought = await db.first<{ event_id: number }>(sql`select event_id from event_keys where organization_id = ${organizationId} and key = ${`i:${publicId}`}`)
  if (brought !== undefined) return brought.event_id

  const number = parseEventId(publicId)
  if (number === undefined) return undefined
  const made = await db.first<{ id: number }>(sql`select id from events where id = ${number} and organization_id = ${organizationId} and given_id is null`)
  return made?.id
}

/**
 * The numbers of the events that any organization knows by this id, newest first. Publishers may bring the same id to
 * several organizations, and each looks its own up by its own key: one look for each organization, whatever the events.
 */
export async function findEventIds(db: Database, publicId: string): Promise<number[]> {
  const brought = await db.all<{ event_id: number }>(sql`
    select event_id from (select (select k.event_id from event_keys k where k.organization_id = o.id and k.key = ${`i:${publicId}`}) as event_id from organizations o) as known
    where event_id is not null order by event_id desc limit ${sameIdAtMost}`)
  const number = parseEventId(publicId)
  const made = number === undefined ? undefined : await db.first<{ id: number }>(sql`select id from events where id = ${number} and given_id is null`)
  return [...brought.map(({ event_id: id }) => id), ...made === undefined ? [] : [made.id]].sort((one, other) => other - one)
}

/** More organizations than somebody looks through. */
const sameIdAtMost = 500

/**
 * The first number that an event accepted at `at` or later can have, in any organization: what is below is older. Ids of a
 * day lie in a range of their own (day × 2^32), and within it they grow with time, so a few looks find it.
 */
export async function firstEventIdSince(db: Database, at: number): Promise<number> {
  let low = firstIdOfDay(at)
  const last = await db.first<{ id: number }>(sql`
    select id from events where id >= ${low} and id < ${low + idsPerDay} order by id desc limit 1`)
  let high = (last?.id ?? low - 1) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const event = await db.first<{ id: number; created_at: number }>(sql`
      select id, created_at from events where id >= ${middle} and id < ${high} order by id limit 1`)
    if (event === undefined || event.created_at >= at) high = middle
    else low = event.id + 1
  }
  return low
}
