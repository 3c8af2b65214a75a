import { expect, test } from 'vitest'
import { eraseEvent } from './erase-event.js'
import { eraseStep } from './erase-organization.js'
import { readAhead } from '../consumers/read-ahead.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { readDelivery } from '../deliveries/read-delivery.js'
import { replayDelivery } from '../deliveries/replay-delivery.js'
import { beginSession } from '../lanes/sessions.js'
import { dispatch } from '../dispatch/dispatch.js'
import { Subscribers } from '../dispatch/subscribers.js'
import { findEvent } from '../events/read-events.js'
import { deleteOrganization } from '../organizations/change-organization.js'
import { readTables } from '../copy/tables.js'
import { rawSql, sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenManyDeliveries, givenOrganization } from '../testing/given.js'

const { waiting, succeeded, dead, discarded } = deliveryStates
const secret = '{"name":"Ada Lovelace"}'

onEachDatabase('erasing an event', (db) => {
  test('nothing of what it told is left; that it was, when, and where it went stays to be read', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const eventId = await givenEvent(db, acme, { data: secret, givenId: 'order-17' })
    const key = await givenDelivery(db, acme, { eventId, endpointId: endpoint, state: dead, attempts: 2 })
    await db.run(sql`update attempts set answer = ${new TextEncoder().encode('Ada Lovelace')}, request_headers = '{"x-name":"Ada Lovelace"}', error = 'Ada Lovelace'`)

    db.clock.advance(1_000)
    expect(await eraseEvent(db, { organizationId: acme, publicId: 'order-17' })).toMatchObject({ id: eventId, erasedAt: db.clock.now() })
    expect(await findEvent(db, { organizationId: acme, publicId: 'order-17' })).toMatchObject({ type: 'order.created', data: 'null', createdAt: db.clock.now() - 1_000 })
    expect(await readDelivery(db, { organizationId: acme, ...key })).toMatchObject({
      state: 'dead', requestBody: null, attempts: [{ number: 1, status: 500, requestHeaders: {}, responseHeaders: null, responseExcerpt: null, error: null }, { number: 2 }],
    })
    expect(await tablesWith(db, 'Ada Lovelace')).toEqual([])
    await expect(replayDelivery(db, { organizationId: acme, ...key })).rejects.toMatchObject({ code: 'payload_expired' })
  })

  test('what waited to be sent is discarded, and its lane may go on', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const eventId = await givenEvent(db, acme, { givenId: 'a' })
    await givenDelivery(db, acme, { eventId, endpointId: endpoint, state: waiting })
    await eraseEvent(db, { organizationId: acme, publicId: 'a' })
    expect(await db.first(sql`select state from deliveries`)).toEqual({ state: discarded })
    expect(await db.first(sql`select wake_at from lanes`)).toEqual({ wake_at: db.clock.now() })
    expect(await db.first(sql`select kind, count from counters where organization_id > 0`)).toEqual({ kind: 'discarded', count: 1 })
  })

  test('before it was dispatched: it becomes no delivery, and the next one does', async () => {
    const { acme } = await givenAcme(db)
    await givenEvent(db, acme, { givenId: 'a' })
    const next = await givenEvent(db, acme)
    await eraseEvent(db, { organizationId: acme, publicId: 'a' })
    await db.run(sql`insert into formats (id, name, digest, definition) select 1, 'standard', '', '{}' where not exists (select 1 from formats)`)
    const session = await beginSession(db, 'alice')
    await db.transaction((tx) => dispatch(tx, { session, organizations: [acme], limit: 1, deliveries: 10, room: 10, fullLanes: [] }, new Subscribers()))
    await db.transaction((tx) => dispatch(tx, { session, organizations: [acme], limit: 1, deliveries: 10, room: 10, fullLanes: [] }, new Subscribers()))
    expect(await db.all(sql`select event_id from deliveries`)).toEqual([{ event_id: next }])
    expect((await readAhead(db, { organizationId: acme, after: 0, limit: 5, types: undefined })).map(({ data }) => data)).toEqual([null, '{"n":1}'])
  })

  test('the inbound request that told it is emptied, and its repetitions', async () => {
    const { acme } = await givenAcme(db)
    await givenEvent(db, acme, { givenId: 'a', data: secret })
    for (const [id, duplicateOf] of [[7, null], [8, 7], [9, null]] as const) await givenReceipt(db, { id, duplicateOf, organizationId: acme })
    await db.run(sql`update events set receipt_id = 7`)
    await eraseEvent(db, { organizationId: acme, publicId: 'a' })
    expect(await db.all(sql`select id, headers, kept from receipts order by id`)).toEqual([{ id: 7, headers: '[]', kept: 2 }, { id: 8, headers: '[]', kept: 2 }, { id: 9, headers: '[["x","Ada Lovelace"]]', kept: 0 }])
  })

  test('of another organization, there is no such event; twice is once', async () => {
    const { acme } = await givenAcme(db)
    const other = await givenOrganization(db, 'other')
    await givenEvent(db, acme, { givenId: 'a' })
    expect(await eraseEvent(db, { organizationId: other, publicId: 'a' })).toBeUndefined()
    const first = await eraseEvent(db, { organizationId: acme, publicId: 'a' })
    db.clock.advance(5_000)
    expect(await eraseEvent(db, { organizationId: acme, publicId: 'a' })).toMatchObject({ erasedAt: first?.erasedAt })
  })
})

onEachDatabase('erasing an organization', (db) => {
  test('goes in small steps through a kill, and leaves nothing of it; others keep theirs', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const other = await givenOrganization(db, 'other')
    const others = await givenEndpoint(db, other)
    await givenManyDeliveries(db, acme, endpoint, { number: 25, state: succeeded })
    await givenManyDeliveries(db, other, others, { number: 3, state: waiting })
    const eventId = await givenEvent(db, acme, { data: secret, givenId: 'a' })
    await givenDelivery(db, acme, { eventId, endpointId: endpoint, state: waiting, attempts: 2 })
    await givenReceipt(db, { id: 1, duplicateOf: null, organizationId: acme })
    await givenReceipt(db, { id: 2, duplicateOf: 1, organizationId: null })
    await givenReceipt(db, { id: 3, duplicateOf: null, organizationId: other })
    await givenReceipt(db, { id: 4, duplicateOf: 3, organizationId: null })
    await db.run(sql`insert into api_keys (organization_id, name, hash, hint, scopes, created_at) values (${acme}, 'k', 'h', 'i', '[]', 1)`)
    await db.run(sql`insert into counters (minute, organization_id, kind, count) values (1, ${acme}, 'dead', 1)`)
    await db.run(sql`insert into consumers (name, organization_id, read_id) values ('orders', ${acme}, 0)`)
    await db.run(sql`insert into products (organization_id, product_id, data, is_deleted, told_at, told_by) values (${acme}, 'p', '{}', 0, 1, 1)`)
    await db.run(sql`insert into sources (name, provider, organization_id, sealed, created_at, updated_at) values ('shop', 'shopify', ${acme}, 'sealed', 1, 1)`)

    await deleteOrganization(db, { id: acme, erase: true })
    const killed = await db.store()
    expect(await killed.command('eraseStep', { batch: 10 })).toEqual({ worked: true, erased: undefined })
    await killed.close()
    expect(await db.first(sql`select count(*) as n from events where organization_id = ${acme}`)).toEqual({ n: 16 })

    const ended: string[] = []
    for (let step = await eraseStep(db, { batch: 10 }); step.worked; step = await eraseStep(db, { batch: 10 })) if (step.erased !== undefined) ended.push(step.erased)
    expect(ended).toEqual(['acme'])
    for (const { name, columns } of await readTables(db)) {
      if (!columns.some((column) => column.name === 'organization_id')) continue
      expect([name, (await db.all(sql`select 1 from ${rawSql(name)} where organization_id = ${acme}`)).length]).toEqual([name, 0])
    }
    expect(await db.all(sql`select id from receipts order by id`)).toEqual([{ id: 3 }, { id: 4 }])
    expect(await db.first(sql`select sealed, deleted_at is null as is_there from sources`)).toEqual({ sealed: null, is_there: 0 })
    expect(await db.all(sql`select public_id from organizations`)).toEqual([{ public_id: 'other' }])
    expect(await db.first(sql`select (select count(*) from events) as events, (select count(*) from deliveries) as deliveries, (select count(*) from attempts) as attempts`)).toEqual({ events: 3, deliveries: 3, attempts: 0 })
    expect(await db.all(sql`select name from installation where name like 'erasing%'`)).toEqual([])
  })

  test('without being asked to, a deleted organization keeps its log until its time is over', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 2, state: succeeded })
    await deleteOrganization(db, { id: acme })
    expect(await eraseStep(db, { batch: 10 })).toEqual({ worked: false, erased: undefined })
    expect(await db.first(sql`select count(*) as n from deliveries`)).toEqual({ n: 2 })
  })
})

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function givenReceipt(db: TestDatabase, { id, duplicateOf, organizationId }: { id: number; duplicateOf: number | null; organizationId: number | null }): Promise<void> {
  await db.run(sql`
    insert into receipts (id, source_id, received_at, duplicate_of, organization_id, verdict, status, method, url, headers, body)
    values (${id}, 0, 1, ${duplicateOf}, ${organizationId}, ${duplicateOf === null ? 0 : 1}, 200, 'POST', '/x', '[["x","Ada Lovelace"]]', ${new TextEncoder().encode(secret)})`)
}

/** In which tables, as text, this stands anywhere. */
async function tablesWith(db: TestDatabase, text: string): Promise<string[]> {
  const found: string[] = []
  for (const { name } of await readTables(db)) {
    const rows = await db.all(rawSql(`select * from "${name}"`))
    if (rows.some((row) => JSON.stringify(row, (_key, value: unknown) => value instanceof Uint8Array ? Buffer.from(value).toString() : value).includes(text))) found.push(name)
  }
  return found
}
