import { expect, test } from 'vitest'
import { payloadsRemovedTo } from './removed-to.js'
import { sweep, type Retention, type Swept } from './sweep.js'
import { deliveryStates, type DeliveryState } from '../deliveries/delivery.js'
import { listDeliveries } from '../deliveries/list-deliveries.js'
import { readDelivery } from '../deliveries/read-delivery.js'
import { replayDelivery } from '../deliveries/replay-delivery.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { scannedTables, usedIndexes, watch } from '../testing/watched-database.js'

const { sending, waiting, succeeded, dead, discarded } = deliveryStates
const days = 86_400_000

onEachDatabase('retention', (db) => {
  test('removes events with their deliveries, attempts and keys once their time has passed, and keeps the younger', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await given(db, acme, endpoint, { state: succeeded, attempts: 2, givenId: 'old' })
    db.clock.advance(20 * days)
    await given(db, acme, endpoint, { state: succeeded, attempts: 1, givenId: 'young' })
    expect(await sizes(db)).toEqual({ events: 2, deliveries: 2, attempts: 3, event_keys: 2 })

    db.clock.advance(10 * days)
    await sweepAll(db)
    expect(await sizes(db), 'exactly thirty days old').toEqual({ events: 2, deliveries: 2, attempts: 3, event_keys: 2 })
    db.clock.advance(2 * days)
    await sweepAll(db)
    expect(await sizes(db)).toEqual({ events: 1, deliveries: 1, attempts: 1, event_keys: 1 })
    expect((await listDeliveries(db, { organizationId: acme })).data.map((d) => d.eventId)).toEqual(['young'])
  })

  test('goes in small steps, and says whether there is more', async () => {
    const { acme, endpoint } = await givenAcme(db)
    for (let n = 0; n < 25; n++) await given(db, acme, endpoint, { state: succeeded, attempts: 1, givenId: `e${n}` })
    db.clock.advance(40 * days)
    const first = await sweep(db, thirtyDays(db, { batch: 10 }))
    expect(first).toMatchObject({ more: true, deliveries: 10, keys: 10 })
    await sweepAll(db, { batch: 10 })
    expect(await sizes(db)).toEqual({ events: 0, deliveries: 0, attempts: 0, event_keys: 0 })
    expect(await sweep(db, thirtyDays(db, { batch: 10 }))).toEqual({ more: false, discarded: 0, events: 0, deliveries: 0, keys: 0, receipts: 0 })
  })

  test('events that nobody subscribed to go as well, in steps of their own', async () => {
    const { acme } = await givenAcme(db)
    for (let n = 0; n < 25; n++) await givenEvent(db, acme)
    db.clock.advance(40 * days)
    expect(await sweep(db, thirtyDays(db, { batch: 10 }))).toMatchObject({ more: true, events: 10 })
    await sweepAll(db, { batch: 10 })
    expect((await sizes(db)).events).toBe(0)
  })

  test('what is held may be given up sooner than the log goes; what waits for an enabled endpoint is not', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const paused = await givenEndpoint(db, acme, { state: 1 })
    const event = await givenEvent(db, acme)
    await givenDelivery(db, acme, { eventId: event, endpointId: endpoint, state: waiting })
    await givenDelivery(db, acme, { eventId: event, endpointId: paused, state: waiting })
    db.clock.advance(9 * days)
    expect((await sweepAll(db, { heldBefore: db.clock.now() - 7 * days })).discarded).toBe(1)
    expect(await db.all(sql`select endpoint_id, state from deliveries order by endpoint_id`)).toEqual([{ endpoint_id: endpoint, state: waiting }, { endpoint_id: paused, state: discarded }])
  })

  test.each([sending, waiting])('what is undelivered (state %i) is shown as discarded for a day before it goes', async (state) => {
    const { acme, endpoint } = await givenAcme(db)
    await given(db, acme, endpoint, { state })
    db.clock.advance(30 * days)
    expect((await sweepAll(db)).discarded).toBe(0)

    db.clock.advance(days)
    expect((await sweepAll(db)).discarded).toBe(1)
    expect((await listDeliveries(db, { organizationId: acme })).data).toMatchObject([{ state: 'discarded', updatedAt: db.clock.now() }])
    expect(await db.first(sql`select kind, count from counters where organization_id > 0`)).toEqual({ kind: 'discarded', count: 1 })

    db.clock.advance(days)
    await sweepAll(db)
    expect((await listDeliveries(db, { organizationId: acme })).data).toEqual([])
  })

  test('payloads kept for a shorter time than the log: the log stays readable, without the data', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const old = await given(db, acme, endpoint, { state: dead, attempts: 1, data: '{"name":"Ada"}' })
    const undelivered = await given(db, acme, endpoint, { state: waiting })
    db.clock.advance(8 * days)
    const young = await given(db, acme, endpoint, { state: dead, data: '{"name":"Bea"}' })
    await sweepAll(db, { payloadsBefore: db.clock.now() - 7 * days })

    expect(await payloadsRemovedTo(db)).toBeGreaterThanOrEqual(undelivered.eventId)
    expect(await db.all(sql`select data from events order by id`)).toEqual([{ data: 'null' }, { data: 'null' }, { data: '{"name":"Bea"}' }])
    expect(await readDelivery(db, { organizationId: acme, ...old })).toMatchObject({ state: 'dead', eventType: 'order.created', requestBody: null, attempts: [{ number: 1 }] })
    expect(await readDelivery(db, { organizationId: acme, ...undelivered })).toMatchObject({ state: 'discarded' })
    await expect(replayDelivery(db, { organizationId: acme, ...old })).rejects.toMatchObject({ code: 'payload_expired' })
    expect(await replayDelivery(db, { organizationId: acme, ...young })).toMatchObject({ state: 'pending' })
  })

  test('payloads kept for longer than the log: the events stay when their deliveries are gone', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await given(db, acme, endpoint, { state: succeeded, attempts: 1 })
    db.clock.advance(9 * days)
    await sweepAll(db, { attemptsBefore: db.clock.now() - 7 * days })
    expect(await sizes(db)).toMatchObject({ events: 1, deliveries: 0, attempts: 0 })
    expect((await listDeliveries(db, { organizationId: acme })).data).toEqual([])
  })

  test('keys have a time of their own: then the same id is a new event', async () => {
    const { acme } = await givenAcme(db)
    await givenEvent(db, acme, { givenId: 'order-17' })
    await expect(givenEvent(db, acme, { givenId: 'order-17' })).rejects.toThrow(/repeated/)
    db.clock.advance(9 * days)
    await sweepAll(db, { keysBefore: db.clock.now() - 7 * days })
    await givenEvent(db, acme, { givenId: 'order-17' })
    expect(await sizes(db)).toMatchObject({ events: 2, event_keys: 1 })
  })

  test('what waits for a deleted endpoint is discarded; when its log is gone, so is the endpoint', async () => {
    const { acme, endpoint } = await givenAcme(db)
    for (let n = 0; n < 12; n++) await given(db, acme, endpoint, { state: waiting })
    await db.run(sql`update endpoints set state = 3, updated_at = ${db.now}`)
    expect(await sweepAll(db, { batch: 5 })).toMatchObject({ discarded: 12 })
    expect(await db.all(sql`select distinct state from deliveries`)).toEqual([{ state: discarded }])

    db.clock.advance(40 * days)
    await sweepAll(db)
    expect(await db.all(sql`select id from endpoints union all select endpoint_id from lanes`)).toEqual([])
  })

  test('an endpoint that was deleted stays as long as a delivery tells of it', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await given(db, acme, endpoint, { state: succeeded })
    db.clock.advance(5 * days)
    await db.run(sql`update endpoints set state = 3, updated_at = ${db.now}`)
    db.clock.advance(20 * days)
    await sweepAll(db, { payloadsBefore: db.clock.now() - 7 * days })
    expect(await db.all(sql`select id from endpoints`)).toEqual([{ id: endpoint }])

    db.clock.advance(20 * days)
    await sweepAll(db)
    expect(await db.all(sql`select id from endpoints`)).toEqual([])
  })

  test('ended bulk replays, answers to repeated requests and counters go once their hours tell of them, and those after 400 days; running ones stay', async () => {
    const { acme } = await givenAcme(db)
    for (const state of [0, 1, 2]) {
      await db.run(sql`
        insert into replays (organization_id, filter, state, cursor_event_id, cursor_endpoint_id, until_event_id, matched, replayed, created_at, updated_at)
        values (${acme}, '{}', ${state}, 0, 0, 0, 0, 0, ${db.now}, ${db.now})`)
    }
    await db.run(sql`insert into idempotent_answers (scope, key, digest, body, created_at) values ('acme', 'k', 'd', '{}', ${db.now})`)
    const minute = Math.floor(db.clock.now() / 60_000)
    await db.run(sql`insert into counters (minute, organization_id, kind, count) values (${minute - 12 * 1440}, ${acme}, 'dead', 1), (${minute - 10 * 1440}, ${acme}, 'dead', 1), (${minute - 8 * 1440}, ${acme}, 'dead', 1)`)
    await db.run(sql`insert into counters_summed (minute, organization_id, kind) values (${minute - 10 * 1440}, 0, '')`)
    const hour = Math.floor(minute / 60)
    await db.run(sql`insert into counter_hours (organization_id, hour, kind, count) values (${acme}, ${hour - 401 * 24}, 'dead', 1), (0, ${hour - 401 * 24}, 'dead', 1), (${acme}, ${hour - 300 * 24}, 'dead', 1)`)
    db.clock.advance(40 * days)
    await sweepAll(db)
    expect(await db.all(sql`select state from replays`)).toEqual([{ state: 0 }])
    expect(await db.all(sql`select key from idempotent_answers`)).toEqual([])
    expect(await db.all(sql`select minute from counters where organization_id > 0 order by minute`)).toEqual([{ minute: minute - 10 * 1440 }, { minute: minute - 8 * 1440 }])
    expect(await db.all(sql`select hour from counter_hours`)).toEqual([{ hour: hour - 300 * 24 }])
  })

  // SQLite plans by the schema alone; PostgreSQL by what is in it, so on tables this small it tells nothing.
  test.runIf(db.dialect === 'sqlite')('reads large tables from their left edge only', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await given(db, acme, endpoint, { state: waiting, attempts: 1, givenId: 'old' })
    db.clock.advance(40 * days)
    const { database, plans } = watch(db, { explain: true })
    await sweep(database, thirtyDays(db, { payloadsBefore: db.clock.now() - 7 * days, batch: 5 }))
    const large = new Set(['events', 'deliveries', 'd', 'attempts', 'event_keys', 'idempotent_answers'])
    expect(scannedTables(plans).filter((table) => large.has(table))).toEqual([])
    expect(usedIndexes(plans), 'what waits for deleted endpoints').toContain('deliveries_waiting')
  })
})

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function given(db: TestDatabase, acme: number, endpointId: number, { state, attempts = 0, ...event }: { state: DeliveryState; attempts?: number; givenId?: string; data?: string }) {
  return givenDelivery(db, acme, { eventId: await givenEvent(db, acme, event), endpointId, state, attempts })
}

function thirtyDays(db: TestDatabase, changed: Partial<Retention> = {}): Retention {
  const before = db.clock.now() - 30 * days
  return { payloadsBefore: before, attemptsBefore: before, keysBefore: before, batch: 500, ...changed }
}

async function sweepAll(db: TestDatabase, changed: Partial<Retention> = {}): Promise<Swept> {
  const total: Swept = { more: false, discarded: 0, events: 0, deliveries: 0, keys: 0, receipts: 0 }
  for (;;) {
    const swept = await sweep(db, thirtyDays(db, changed))
    for (const name of ['discarded', 'events', 'deliveries', 'keys'] as const) total[name] += swept[name]
    if (!swept.more) return total
  }
}

async function sizes(db: TestDatabase) {
  return db.first<{ events: number; deliveries: number; attempts: number; event_keys: number }>(sql`
    select (select count(*) from events) as events, (select count(*) from deliveries) as deliveries,
      (select count(*) from attempts) as attempts, (select count(*) from event_keys) as event_keys`) as Promise<{ events: number; deliveries: number; attempts: number; event_keys: number }>
}
