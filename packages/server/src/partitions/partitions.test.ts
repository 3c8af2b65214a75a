import { expect, test } from 'vitest'
import { deliveryStates } from '../deliveries/delivery.js'
import { lookAtLanes, takeLanes } from '../lanes/lanes.js'
import { replayDelivery } from '../deliveries/replay-delivery.js'
import { settle, type Settlement } from '../deliveries/settle.js'
import { beginSession } from '../lanes/sessions.js'
import { drawEventIds } from '../events/draw-event-ids.js'
import { firstIdOfDay, idsPerDay, msPerDay } from '../ids/id-days.js'
import { dropPartitions } from '../retention/drop-partitions.js'
import { sweep } from '../retention/sweep.js'
import { migrate, readMigrations } from '../storage/migrate.js'
import { rawSql, sql } from '../storage/sql.js'
import { onPostgres, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { withClient } from '../testing/postgres-setup.js'
import { findUndeliveredSpan } from './undelivered-span.js'
import { daysAhead, makePartitionsAhead, partitionDaysAhead } from './make-partitions.js'
import { readPartitions } from './partitions.js'

const { waiting, succeeded } = deliveryStates

onPostgres('partitions', (db) => {
  test('today lies in the first partition, and the week to come in one a day, each table alike', async () => {
    await givenANewSchema(db)
    const today = await dayOf(db)
    expect(await daysOf(db, 'events')).toEqual(Array.from({ length: 8 }, (_, n) => today + n))
    expect(await daysOf(db, 'deliveries')).toEqual(await daysOf(db, 'events'))
    expect(await daysOf(db, 'attempts')).toEqual(await daysOf(db, 'events'))
    expect(await partitionDaysAhead(db)).toBe(daysAhead)
  })

  test('tomorrow another day is made, once, whoever makes it', async () => {
    await givenANewSchema(db)
    db.clock.advance(msPerDay)
    expect(await partitionDaysAhead(db)).toBe(daysAhead - 1)
    await Promise.all([makePartitionsAhead(db), makePartitionsAhead(db), makePartitionsAhead(db)])
    expect(await partitionDaysAhead(db)).toBe(daysAhead)
    expect(await daysOf(db, 'events')).toHaveLength(9)
  })

  test('each day is cleaned up by its own settings, which no partition inherits', async () => {
    await givenANewSchema(db)
    const options = await db.all<{ options: string }>(sql`
      select array_to_string(reloptions, ' ') as options from pg_class where relnamespace = 'posthorn'::regnamespace and relkind = 'r' and relname like 'deliveries_2%'`)
    expect(options).toHaveLength(daysAhead)
    for (const row of options) expect(row.options).toContain('autovacuum_vacuum_scale_factor=0.02')
  })

  test('the ids of a day go into its partition; the first publish of a day raises them, however many publish at once', async () => {
    await givenANewSchema(db)
    db.clock.advance(3 * msPerDay)
    const drawn = await Promise.all(Array.from({ length: 5 }, () => db.transaction((tx) => drawEventIds(tx, 20, 0))))
    const ids = drawn.flat()
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(Math.floor(id / idsPerDay)).toBe(await dayOf(db))

    const acme = await givenOrganization(db)
    const id = await givenEvent(db, acme)
    expect(await db.first(sql`select tableoid::regclass::text as name from events where id = ${id}`)).toEqual({ name: nameOf('events', await dayOf(db)) })
  })

  test('where nobody has made any for weeks, whoever publishes first makes its own', async () => {
    await givenANewSchema(db)
    const acme = await givenOrganization(db)
    db.clock.advance(60 * msPerDay)
    expect(await partitionDaysAhead(db)).toBeLessThan(0)
    await Promise.all([givenEvent(db, acme), givenEvent(db, acme), givenEvent(db, acme)])
    expect(await db.first(sql`select count(*) as n from ${rawSql(nameOf('events', await dayOf(db)))}`)).toEqual({ n: 3 })
    await makePartitionsAhead(db)
    expect(await partitionDaysAhead(db)).toBe(daysAhead)
  })

  test('retention drops whole days, the log before the events, and nothing younger', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    for (let n = 0; n < 4; n++) {
      db.clock.advance(msPerDay)
      await givenSettled(db, acme, endpoint)
    }
    db.clock.advance(8 * msPerDay)
    const kept = { payloadsBefore: db.clock.now() - 20 * msPerDay, attemptsBefore: db.clock.now() - 9 * msPerDay }
    expect(await dropPartitions(db, kept), 'what is undelivered was not given up yet').toBe(0)
    await sweepAll(db, { ...kept, payloadsBefore: kept.attemptsBefore })
    await dropPartitions(db, kept)
    // Twelve days on: what is older than ten days has gone from the log, and its events have not.
    expect(await db.first(sql`select count(*) as n from events`)).toEqual({ n: 4 })
    expect(await db.first(sql`select count(*) as n from deliveries`)).toEqual({ n: 3 })
    expect(await db.first(sql`select count(*) as n from attempts`)).toEqual({ n: 3 })
    await dropPartitions(db, { ...kept, payloadsBefore: kept.attemptsBefore })
    expect(await db.first(sql`select count(*) as n from events`)).toEqual({ n: 3 })
  })

  test('a day with something undelivered is given up first, and seen to be', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    db.clock.advance(msPerDay)
    const key = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: waiting })
    db.clock.advance(10 * msPerDay)
    const kept = () => ({ payloadsBefore: db.clock.now() - 9 * msPerDay, attemptsBefore: db.clock.now() - 9 * msPerDay })
    await sweepAll(db, kept())
    await dropPartitions(db, kept())
    expect(await db.first(sql`select state from deliveries where event_id = ${key.eventId}`)).toEqual({ state: deliveryStates.discarded })
    db.clock.advance(msPerDay)
    // It was asked for once more in its last moment: it is discarded again, and its day stays until that is seen.
    await db.run(sql`update deliveries set state = ${waiting}`)
    await dropPartitions(db, kept())
    expect(await db.first(sql`select state from deliveries`)).toEqual({ state: deliveryStates.discarded })
    await dropPartitions(db, kept())
    expect(await db.all(sql`select state from deliveries`)).toEqual([])
  })

  test.each([
    ['half detached', 'detaching'],
    ['detached and not dropped', 'apart'],
  ] as const)('killed in the middle: what was left %s is ended at the next run', async (_, state) => {
    await givenANewSchema(db)
    db.clock.advance(msPerDay)
    const day = await dayOf(db)
    await leaveBehind(db, nameOf('deliveries', day), state)
    expect((await readPartitions(db)).filter((partition) => partition.state === state)).toMatchObject([{ table: 'deliveries' }])
    db.clock.advance(20 * msPerDay)
    const before = db.clock.now() - 9 * msPerDay
    await sweepAll(db, { payloadsBefore: before, attemptsBefore: before })
    await dropPartitions(db, { payloadsBefore: before, attemptsBefore: before })
    expect((await readPartitions(db)).filter(({ belowId }) => belowId <= (day + 1) * idsPerDay)).toEqual([])
  })

  test('publishing goes on while a day is dropped under a long reader', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    db.clock.advance(msPerDay)
    await givenSettled(db, acme, endpoint)
    db.clock.advance(20 * msPerDay)
    const before = db.clock.now() - 9 * msPerDay
    await sweepAll(db, { payloadsBefore: before, attemptsBefore: before })
    await givenEvent(db, acme)
    await withClient(db.path, async (reader) => {
      await reader.query('begin isolation level repeatable read; select count(*) from posthorn.events; select count(*) from posthorn.deliveries')
      const dropping = dropPartitions(db, { payloadsBefore: before, attemptsBefore: before })
      dropping.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 300))
      const startedAt = performance.now()
      for (let n = 0; n < 10; n++) await givenEvent(db, acme)
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      await reader.query('commit')
      expect(await dropping).toBeGreaterThan(0)
    })
    expect(await db.all(sql`select event_id from deliveries`)).toEqual([])
  })

  test('a database of the version before goes on with all that it has, and so do its nodes', async () => {
    await givenASchema(db, readMigrations('postgres').filter(({ number }) => number < 5))
    const { acme, endpoint } = await givenAcme(db)
    const day = await dayOf(db)
    // Its ids have got ahead of the day, as a clock once was.
    await db.first(sql`select setval('event_ids', ${(day + 2) * idsPerDay + 5})`)
    const old = (day - 3) * idsPerDay + 1
    for (const id of [old, (day + 2) * idsPerDay + 4]) {
      await db.run(sql`insert into events (id, organization_id, type, data, occurred_at, created_at, origin) values (${id}, ${acme}, 'order.created', '{"n":1}', 1, 1, 0)`)
      await givenDelivery(db, acme, { eventId: id, endpointId: endpoint, state: waiting, attempts: 1 })
    }
    await migrate(db)

    expect(await db.all(sql`select e.data, d.state, a.number from events e join deliveries d on d.event_id = e.id join attempts a on a.event_id = e.id order by e.id`))
      .toEqual([{ data: '{"n":1}', state: waiting, number: 1 }, { data: '{"n":1}', state: waiting, number: 1 }])
    expect((await daysOf(db, 'events'))[0]).toBe(day + 2)
    const next = await givenEvent(db, acme)
    expect(next).toBeGreaterThan((day + 2) * idsPerDay)

    // What nodes of the version before say: ids without a look at partitions, rows without the new columns.
    const [drawn] = await db.all<{ id: number }>(sql`select nextval('event_ids') as id from generate_series(1, 1)`)
    const id = (drawn as { id: number }).id
    await db.run(sql`
      insert into events (id, organization_id, type, data, given_id, occurred_at, created_at, origin, only_endpoint_id, receipt_id)
      values (${id}, ${acme}, 'order.created', '{}', null, 1, 1, 0, null, null)`)
    await db.run(sql`
      insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
      values (${id}, ${endpoint}, ${acme}, 0, 0, 0, 1, 0, 1, 1) on conflict do nothing`)
    const session = await beginSession(db, 'old')
    const settlement = (eventId: number, attempts: number): Settlement => ({
      eventId, endpointId: endpoint, organizationId: acme, attempts, state: succeeded, step: 0, waitMs: 0, at: db.clock.now(), acceptedAt: db.clock.now(), durationMs: 1, status: 200, errorClass: null,
      error: null, url: 'https://receiver.example', requestHeaders: '{}', responseHeaders: null, answer: null, disable: null, failingSince: undefined, alerts: [],
    })
    expect(await db.transaction((tx) => settle(tx, session, [settlement(old, 1), settlement(id, 0)]))).toMatchObject({ applied: 2 })
    expect(await db.run(sql`delete from attempts where event_id <= ${old}`)).toBe(2)
  })

  test('what a statement names by its days is planned for those only', async () => {
    await givenANewSchema(db)
    const acme = await givenOrganization(db)
    const id = await givenEvent(db, acme)
    const plan = await db.all<{ 'QUERY PLAN': string }>(sql`explain select * from events where id in (select id from ${db.rows([[id]], ['id int'])} as r) and id between ${id} and ${id}`)
    expect(plan.map((row) => row['QUERY PLAN']).join('\n').match(/events_(before_)?\d{8}/g)).toHaveLength(1)
  })
})

onPostgres('the days that have something undelivered', (db) => {
  test('looks are planned for these only; what is old and made due again is seen all the same', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    const old = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: succeeded, attempts: 1 })
    const session = await beginSession(db, 'alice')
    db.clock.advance(6 * msPerDay)
    await findUndeliveredSpan(db)
    const span = async () => Number((await db.first<{ value: string }>(sql`select value from installation where name = 'undelivered_from'`))?.value)
    expect(await span()).toBe(firstIdOfDay(db.clock.now() - 3 * msPerDay))

    await replayDelivery(db, { organizationId: acme, ...old })
    expect(await span()).toBe(old.eventId)
    await takeLanes(db, session, 5)
    const seen = await lookAtLanes(db, session, [{ endpointId: endpoint, ordered: false, limit: 5 }])
    expect(seen.looks[0]?.deliveries).toMatchObject([{ eventId: old.eventId }])
    await findUndeliveredSpan(db)
    expect(await span(), 'it waits').toBe(0)
    await db.run(sql`update deliveries set state = ${succeeded}`)
    await findUndeliveredSpan(db)
    expect(await span()).toBe(firstIdOfDay(db.clock.now() - 3 * msPerDay))
  })

  test('one who raises the bound waits for who is just making something due', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    const old = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: succeeded })
    db.clock.advance(6 * msPerDay)
    await findUndeliveredSpan(db)
    let raising: Promise<void> | undefined
    await db.transaction(async (tx) => {
      await replayDelivery(tx, { organizationId: acme, ...old })
      raising = findUndeliveredSpan(db)
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    await raising
    expect(await db.first(sql`select value from installation where name = 'undelivered_from'`)).toEqual({ value: '0' })
  })

  test('what another version has made due below it is found, and its lane woken', async () => {
    await givenANewSchema(db)
    const { acme, endpoint } = await givenAcme(db)
    await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: succeeded })
    db.clock.advance(6 * msPerDay)
    await findUndeliveredSpan(db)
    await db.run(sql`update deliveries set state = ${waiting}`)
    await findUndeliveredSpan(db)
    expect(await db.first(sql`select wake_at from lanes`)).toEqual({ wake_at: db.clock.now() })
  })
})

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function givenSettled(db: TestDatabase, acme: number, endpointId: number): Promise<void> {
  await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId, state: succeeded, attempts: 1 })
}

/** The newest schema, migrated to on the day that the test's clock begins with. */
function givenANewSchema(db: TestDatabase): Promise<void> {
  return givenASchema(db, readMigrations('postgres'))
}

/** A migration asks the server what day it is; the test's clock is set to that. */
async function givenASchema(db: TestDatabase, migrations: ReturnType<typeof readMigrations>): Promise<void> {
  await withClient(db.path, (client) => client.query('drop schema posthorn cascade'))
  await migrate(db, migrations)
  db.clock.advance(Date.now() - db.clock.now())
}

async function dayOf(db: TestDatabase): Promise<number> {
  return firstIdOfDay(db.clock.now()) / idsPerDay
}

async function daysOf(db: TestDatabase, table: string): Promise<number[]> {
  return (await readPartitions(db)).filter((partition) => partition.table === table && partition.state === 'attached').map(({ belowId }) => belowId / idsPerDay - 1)
}

function nameOf(table: string, day: number): string {
  return `${table}_${new Date(day * msPerDay).toISOString().slice(0, 10).replaceAll('-', '')}`
}

/** As a process that was killed while it dropped a day. */
async function leaveBehind(db: TestDatabase, name: string, state: 'detaching' | 'apart'): Promise<void> {
  if (state === 'apart') return db.runAlone(rawSql(`alter table posthorn.deliveries detach partition posthorn.${name} concurrently`), 1_000)
  await withClient(db.path, async (reader) => {
    await reader.query('begin; select count(*) from posthorn.deliveries')
    await expect(db.runAlone(rawSql(`alter table posthorn.deliveries detach partition posthorn.${name} concurrently`), 100)).rejects.toThrow(/lock timeout/)
  })
}

async function sweepAll(db: TestDatabase, kept: { payloadsBefore: number; attemptsBefore: number }): Promise<void> {
  while ((await sweep(db, { ...kept, keysBefore: 0, batch: 100 })).more);
}
