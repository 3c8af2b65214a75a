import { PostgresDatabase } from '../../packages/server/dist/storage/postgres.js'
import { SqliteDatabase } from '../../packages/server/dist/storage/sqlite.js'
import { sql } from '../../packages/server/dist/storage/sql.js'

/** What the database holds when all is over. */
export interface Stored {
  /** In the order of the stream of each organization: by id. */
  events: StoredEvent[]
  deliveries: StoredDelivery[]
  attempts: StoredAttempt[]
}
export interface StoredEvent { id: number; serial: string | undefined }
export interface StoredDelivery { eventId: number; path: string; state: number; attempts: number }
export interface StoredAttempt { eventId: number; path: string; number: number; status: number | null }

/** `place`: a PostgreSQL URL, or a file that no server has open any more. */
export async function readStored(place: string): Promise<Stored> {
  const db = place.startsWith('postgres:') ? await PostgresDatabase.open(place) : new SqliteDatabase(place, { clock: Date.now })
  try {
    const events = await db.all<{ id: number; data: string }>(sql`select id, data from events order by id`)
    const deliveries = await db.all<{ event_id: number; url: string; state: number; attempts: number }>(sql`
      select d.event_id, e.url, d.state, d.attempts from deliveries d join endpoints e on e.id = d.endpoint_id`)
    const attempts = await db.all<{ event_id: number; url: string; number: number; status: number | null }>(sql`
      select a.event_id, e.url, a.number, a.status from attempts a join endpoints e on e.id = a.endpoint_id order by a.event_id, a.endpoint_id, a.number`)
    return {
      events: events.map(({ id, data }) => ({ id, serial: /"serial":"([^"]+)"/.exec(data)?.[1] })),
      deliveries: deliveries.map(({ event_id, url, state, attempts }) => ({ eventId: event_id, path: new URL(url).pathname, state, attempts })),
      attempts: attempts.map(({ event_id, url, number, status }) => ({ eventId: event_id, path: new URL(url).pathname, number, status })),
    }
  } finally {
    await db.close()
  }
}
