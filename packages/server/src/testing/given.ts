import { append } from '../events/append.js'
import { sql } from '../storage/sql.js'
import type { DeliveryKey } from '../ids/public-id.js'
import type { DeliveryState } from '../deliveries/delivery.js'
import type { Origin } from '../events/event.js'
import type { Column } from '../storage/database.js'
import type { TestDatabase } from './each-database.js'

/** An organization, its stream and its cursor. */
export async function givenOrganization(db: TestDatabase, publicId = 'acme'): Promise<number> {
  const row = await db.first<{ id: number }>(sql`
    insert into organizations (public_id, name, format, retry_policy, event_type_policy, created_at, updated_at)
    values (${publicId}, ${publicId}, 'standard', '{"waitsMs":[0,5000]}', 'off', ${db.now}, ${db.now}) returning id`)
  const { id } = row as { id: number }
  await db.run(sql`insert into streams (organization_id, last_id) values (${id}, 0)`)
  await db.run(sql`insert into cursors (organization_id, dispatched_id, endpoints_version) values (${id}, 0, 1)`)
  return id
}

/** An endpoint and its lane, which has nothing to do. */
export async function givenEndpoint(db: TestDatabase, organizationId: number, { state = 0, url = 'https://receiver.example/hook' }: { state?: number; url?: string } = {}): Promise<number> {
  const row = await db.first<{ id: number }>(sql`
    insert into endpoints (organization_id, url, event_types, secrets, state, from_id, created_at, updated_at)
    values (${organizationId}, ${url}, '["*"]', 'sealed', ${state}, 0, ${db.now}, ${db.now}) returning id`)
  const { id } = row as { id: number }
  await db.run(sql`insert into lanes (endpoint_id, organization_id) values (${id}, ${organizationId})`)
  return id
}

/** An event of the stream, appended as a publisher's is. */
export async function givenEvent(db: TestDatabase, organizationId: number, { type = 'order.created', data = '{"n":1}', givenId, origin = 0 }: { type?: string; data?: string; givenId?: string; origin?: Origin } = {}): Promise<number> {
  const at = db.clock.now()
  const [appended] = await db.transaction((tx) => append(tx, [{
    organizationId, type, data, givenId, occurredAt: at, createdAt: at, origin, bytes: data.length,
    keys: givenId === undefined ? undefined : [{ key: `i:${givenId}`, digest: '' }],
  }]))
  if (appended?.kind !== 'appended') throw new Error(`The event was not appended: ${appended?.kind}`)
  return appended.id
}

/** A delivery of an event to an endpoint in a state of one's choice. */
export async function givenDelivery(db: TestDatabase, organizationId: number, { eventId, endpointId, state, attempts = 0, step = 0, dueAt = db.clock.now() }: {
  eventId: number; endpointId: number; state: DeliveryState; attempts?: number; step?: number; dueAt?: number
}): Promise<DeliveryKey> {
  await db.run(sql`
    insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
    values (${eventId}, ${endpointId}, ${organizationId}, ${state}, ${attempts}, ${step}, 1, 0, ${dueAt}, ${db.now})`)
  for (let number = 1; number <= attempts; number++) await givenAttempt(db, { eventId, endpointId, number })
  return { eventId, endpointId }
}

export async function givenAttempt(db: TestDatabase, { eventId, endpointId, number, status = 500, errorClass = 'http', answer = new TextEncoder().encode('oh no') }: {
  eventId: number; endpointId: number; number: number; status?: number | null; errorClass?: string | null; answer?: Uint8Array | null
}): Promise<void> {
  await db.run(sql`
    insert into attempts (event_id, endpoint_id, number, at, duration_ms, status, error_class, error, url, request_headers, response_headers, answer)
    values (${eventId}, ${endpointId}, ${number}, ${db.now}, 12, ${status}, ${errorClass}, null, 'https://receiver.example/hook', '{"webhook-id":"x"}', '{"content-type":"text/plain"}', ${answer})`)
}

/** So many events with one delivery each, by a few statements, and the events' ids. */
export async function givenManyDeliveries(db: TestDatabase, organizationId: number, endpointId: number, { number, state }: { number: number; state: DeliveryState }): Promise<number[]> {
  const at = db.clock.now()
  return db.transaction(async (tx) => {
    const appended = await append(tx, Array.from({ length: number }, () => ({ organizationId, type: 'order.created', data: '{}', occurredAt: at, createdAt: at, origin: 0, bytes: 2 })))
    const ids = appended.map((event) => event.kind === 'appended' ? event.id : 0)
    await tx.run(sql`
      insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
      select r.event_id, ${endpointId}, ${organizationId}, ${state}, 0, 0, 1, 0, ${tx.now}, ${tx.now} from ${tx.rows(ids.map((id) => [id]), eventIds)} as r`)
    return ids
  })
}

const eventIds: readonly Column[] = ['event_id int']
