import { expect, test } from 'vitest'
import { isFew, walkDeliveries, type Along } from './walk-deliveries.js'
import { deliveryStates, type DeliveryState, type ShownState } from './delivery.js'
import { listDeliveries, type DeliveryFilter, type DeliverySummary } from './list-deliveries.js'
import { deliveryId, endpointId, eventId } from '../ids/public-id.js'
import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenAttempt, givenDelivery, givenEndpoint, givenEvent, givenManyDeliveries, givenOrganization } from '../testing/given.js'
import { scannedTables, usedIndexes, watch } from '../testing/watched-database.js'
import type { Database } from '../storage/database.js'

const { sending, waiting, succeeded, dead, discarded } = deliveryStates

onEachDatabase('listing deliveries', (db) => {
  test('tells the newest first, page by page, each delivery once', async () => {
    const acme = await givenOrganization(db)
    const endpoints = [await givenEndpoint(db, acme), await givenEndpoint(db, acme), await givenEndpoint(db, acme)]
    for (let n = 0; n < 5; n++) {
      const event = await givenEvent(db, acme)
      for (const endpoint of endpoints) await givenDelivery(db, acme, { eventId: event, endpointId: endpoint, state: succeeded, attempts: 1 })
    }
    const pages = await allPages(db, { organizationId: acme }, 4)
    expect(pages.map((page) => page.length)).toEqual([4, 4, 4, 3])
    const ids = pages.flat().map((delivery) => delivery.id)
    expect(ids).toEqual([...ids].sort().reverse())
    expect(new Set(ids).size).toBe(15)
  })

  test('tells of each delivery what a list shows', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const event = await givenEvent(db, acme, { type: 'order.paid', givenId: 'order-17', origin: 2 })
    await givenDelivery(db, acme, { eventId: event, endpointId: endpoint, state: waiting, attempts: 2, step: 2, dueAt: db.clock.now() + 5_000 })
    const { data: [delivery] } = await listDeliveries(db, { organizationId: acme })
    expect(delivery).toEqual({
      id: expect.stringMatching(/^dlv_/), organizationId: 'acme', lastStatus: 500, lastErrorClass: 'http', state: 'retrying', endpointId: endpointId(endpoint), endpointUrl: 'https://receiver.example/hook', eventId: 'order-17', eventType: 'order.paid',
      attemptCount: 2, dueAt: db.clock.now() + 5_000, createdAt: db.clock.now(), updatedAt: db.clock.now(), test: true,
    })
  })

  test('an ended delivery is due no more', async () => {
    const { acme } = await givenOneOfEachState(db)
    const { data } = await listDeliveries(db, { organizationId: acme })
    for (const delivery of data) expect(delivery.dueAt === null).toBe(['succeeded', 'dead', 'discarded'].includes(delivery.state))
  })

  test.each<[ShownState, number]>([['pending', 2], ['retrying', 1], ['held', 2], ['succeeded', 1], ['dead', 1], ['discarded', 1]])('%s: those and no others', async (state, number) => {
    const { acme } = await givenOneOfEachState(db)
    const { data, next } = await listDeliveries(db, { organizationId: acme, state })
    expect(data.map((delivery) => delivery.state)).toEqual(Array.from({ length: number }, () => state))
    expect(next).toBeNull()
  })

  test.each<ShownState>(['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'])('%s of one endpoint: as the endpoint\'s own list tells it', async (state) => {
    const { acme, enabled, paused } = await givenOneOfEachState(db)
    for (const endpoint of [enabled, paused]) {
      const whole = await listDeliveries(db, { organizationId: acme, endpointId: endpoint })
      const { data } = await listDeliveries(db, { organizationId: acme, endpointId: endpoint, state })
      expect(data).toEqual(whole.data.filter((delivery) => delivery.state === state))
    }
  })

  test('a backlog too long to sort is found along its endpoint and along the stream', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const events = await givenManyDeliveries(db, acme, endpoint, { number: 20_010, state: waiting })
    expect(await isFew(db, acme, { by: 'undelivered', held: false, endpointId: undefined })).toBe(false)
    for (const filter of [{}, { endpointId: endpoint }]) {
      const { data, next } = await listDeliveries(db, { organizationId: acme, state: 'pending', ...filter, limit: 200 })
      expect(data).toHaveLength(200)
      expect(data[0]?.eventId).toBe(eventId(Number(events.at(-1))))
      expect(next).not.toBeNull()
    }
  })

  test('by event: under the id that the publisher brought, or ours', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const given = await givenEvent(db, acme, { givenId: 'order-17' })
    const ours = await givenEvent(db, acme)
    for (const event of [given, ours]) await givenDelivery(db, acme, { eventId: event, endpointId: endpoint, state: succeeded })
    expect((await listDeliveries(db, { organizationId: acme, eventId: 'order-17' })).data.map((d) => d.eventId)).toEqual(['order-17'])
    expect((await listDeliveries(db, { organizationId: acme, eventId: eventId(ours) })).data.map((d) => d.eventId)).toEqual([eventId(ours)])
    // An event with an id of its own is not known by another.
    expect((await listDeliveries(db, { organizationId: acme, eventId: eventId(given) })).data).toEqual([])
    expect((await listDeliveries(db, { organizationId: acme, eventId: 'no-such-event' })).data).toEqual([])
  })

  test('by event type: the type itself, or all that begin with a prefix', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    for (const type of ['order.created', 'order.paid', 'product.created']) await givenDelivery(db, acme, { eventId: await givenEvent(db, acme, { type }), endpointId: endpoint, state: dead })
    const types = async (filter: Partial<DeliveryFilter>) => (await listDeliveries(db, { organizationId: acme, ...filter })).data.map((d) => d.eventType)
    expect(await types({ eventType: 'order.paid' })).toEqual(['order.paid'])
    expect(await types({ eventType: 'order.*' })).toEqual(['order.paid', 'order.created'])
    expect(await types({ eventType: 'order.*', state: 'dead', endpointId: endpoint })).toEqual(['order.paid', 'order.created'])
  })

  test('by how the last attempt ended: its status or a class of them, or why there was none', async () => {
    const { acme, give } = await givenAttempted(db)
    const ids = { ok: await give(succeeded, [500, 200]), failed: await give(waiting, [503]), refused: await give(dead, [500, 404]), slow: await give(waiting, [200, null], 'timeout'), fresh: await give(waiting, []) }
    const found = async (filter: Partial<DeliveryFilter>) => (await allPages(db, { organizationId: acme, ...filter }, 2)).flat().map(({ id }) => Object.entries(ids).find(([, known]) => known === id)?.[0])
    expect(await found({ status: '503' })).toEqual(['failed'])
    expect(await found({ status: '500' })).toEqual([])
    expect(await found({ status: '4xx' })).toEqual(['refused'])
    expect(await found({ status: '2xx', state: 'succeeded' })).toEqual(['ok'])
    expect(await found({ errorClass: 'timeout' })).toEqual(['slow'])
    expect(await found({ errorClass: 'http' })).toEqual(['refused', 'failed'])
    expect(await found({ errorClass: 'http', state: 'dead' })).toEqual(['refused'])
    expect(await found({ status: '4xx', errorClass: 'timeout' })).toEqual([])
    const { data } = await listDeliveries(db, { organizationId: acme })
    expect(data.map(({ lastStatus, lastErrorClass }) => [lastStatus, lastErrorClass])).toEqual([[null, null], [null, 'timeout'], [404, 'http'], [503, 'http'], [200, null]])
  })

  test('a rare status is found behind short pages, none of which reads without a bound', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const events = await givenManyDeliveries(db, acme, endpoint, { number: 12_000, state: succeeded })
    await givenAttempt(db, { eventId: events[0] as number, endpointId: endpoint, number: 1, status: 201 })
    await db.run(sql`update deliveries set attempts = 1`)
    const watched = watch(db)
    expect(await listDeliveries(watched.database, { organizationId: acme, status: '201' })).toMatchObject({ data: [], next: expect.any(String) })
    expect(watched.rowsRead).toBeLessThan(7_000)
    expect((await allPages(db, { organizationId: acme, status: '201' }, 50)).flat().map((d) => d.eventId)).toEqual([eventId(events[0] as number)])
  })

  test('of all organizations, for the operator: by state, endpoint, event and type, each under its own', async () => {
    const { acme, enabled } = await givenOneOfEachState(db)
    const other = await givenOrganization(db, 'other')
    const endpoint = await givenEndpoint(db, other)
    for (const state of [waiting, dead, succeeded]) await givenDelivery(db, other, { eventId: await givenEvent(db, other, { type: 'invoice.paid' }), endpointId: endpoint, state })
    const whole = (await allPages(db, {}, 3)).flat()
    expect(whole).toHaveLength(11)
    expect(whole.map(({ id }) => id)).toEqual(whole.map(({ id }) => id).sort().reverse())
    for (const state of ['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const) {
      expect((await allPages(db, { state }, 3)).flat()).toEqual(whole.filter((delivery) => delivery.state === state))
    }
    expect((await listDeliveries(db, { endpointId: enabled })).data).toEqual((await listDeliveries(db, { organizationId: acme, endpointId: enabled })).data)
    expect((await listDeliveries(db, { eventType: 'invoice.*' })).data.map(({ organizationId, eventType }) => [organizationId, eventType])).toEqual([['other', 'invoice.paid'], ['other', 'invoice.paid'], ['other', 'invoice.paid']])
    expect((await listDeliveries(db, { eventId: whole[0]?.eventId })).data).toEqual([whole[0]])
    expect((await listDeliveries(db, { from: db.clock.now(), to: db.clock.now() + 1 })).data).toHaveLength(11)
  })

  test('by time: from an instant on, and before another, to the millisecond and over days', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const times: number[] = []
    for (const wait of [0, 1, 60_000, 86_400_000, 1, 10 * 86_400_000]) {
      db.clock.advance(wait)
      times.push(db.clock.now())
      await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: succeeded })
    }
    for (const from of [undefined, ...times]) {
      for (const to of [undefined, ...times]) {
        const { data } = await listDeliveries(db, { organizationId: acme, from, to })
        expect(data.map((d) => d.createdAt)).toEqual(times.filter((at) => at >= (from ?? 0) && at < (to ?? Infinity)).reverse())
      }
    }
  })

  test('another organization\'s deliveries are never there', async () => {
    const { acme, enabled } = await givenOneOfEachState(db)
    const other = await givenOrganization(db, 'other')
    for (const state of [undefined, 'pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const) {
      expect((await listDeliveries(db, { organizationId: other, state })).data).toEqual([])
      expect((await listDeliveries(db, { organizationId: other, state, endpointId: enabled })).data).toEqual([])
    }
    const [{ eventId: event }] = (await listDeliveries(db, { organizationId: acme })).data as [DeliverySummary]
    expect((await listDeliveries(db, { organizationId: other, eventId: event })).data).toEqual([])
  })

  test('what is rare is found behind short pages, none of which reads without a bound', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const [rare = 0] = await givenManyDeliveries(db, acme, endpoint, { number: 25_000, state: succeeded })
    await db.run(sql`update deliveries set state = ${discarded} where event_id = ${rare}`)
    const watched = watch(db)
    const { data, next } = await listDeliveries(watched.database, { organizationId: acme, state: 'discarded' })
    expect(data).toEqual([])
    expect(next).not.toBeNull()
    expect(watched.rowsRead).toBeLessThan(7_000)
    expect((await allPages(db, { organizationId: acme, state: 'discarded' }, 50)).flat().map((d) => d.eventId)).toEqual([eventId(rare)])
  })

  test('events without a delivery do not end the list', async () => {
    const acme = await givenOrganization(db)
    const endpoint = await givenEndpoint(db, acme)
    const first = await givenEvent(db, acme)
    await givenDelivery(db, acme, { eventId: first, endpointId: endpoint, state: succeeded })
    for (let n = 0; n < 120; n++) await givenEvent(db, acme, { type: 'nobody.listens' })
    expect((await allPages(db, { organizationId: acme }, 50)).flat()).toHaveLength(1)
  })

  test('a cursor that is none is refused by name', async () => {
    const acme = await givenOrganization(db)
    await expect(listDeliveries(db, { organizationId: acme, after: 'nonsense' })).rejects.toThrow(Problem)
  })

  // SQLite plans by the schema alone; PostgreSQL by what is in it, so on tables this small it tells nothing.
  test.runIf(db.dialect === 'sqlite')('no question makes it scan a whole table', async () => {
    const { acme, enabled } = await givenOneOfEachState(db)
    const ways: [Along, string[]][] = [
      [{ by: 'stream' }, ['events_by_block']],
      [{ by: 'endpoint', endpointId: enabled }, ['deliveries_by_block']],
      [{ by: 'event', eventId: 1 }, []],
      [{ by: 'dead' }, ['deliveries_dead']],
      [{ by: 'keys', keys: [{ eventId: 1, endpointId: 1 }] }, []],
      [{ by: 'undelivered', held: false, endpointId: undefined }, ['deliveries_sending', 'deliveries_waiting', 'endpoints_by_organization']],
      [{ by: 'undelivered', held: true, endpointId: enabled }, ['deliveries_sending', 'deliveries_waiting']],
    ]
    for (const [along, indexes] of ways) {
      const watched = watch(db, { explain: true })
      for (const order of ['newest first', 'oldest first'] as const) {
        for (const after of [null, { eventId: 2, endpointId: 2 }]) {
          await walkDeliveries(watched.database, { organizationId: acme, along, order, fromEventId: 0, belowEventId: 2 ** 50, after, limit: 3 })
        }
      }
      if (along.by === 'undelivered') await isFew(watched.database, acme, along)
      expect(scannedTables(watched.plans), along.by).toEqual([])
      expect(usedIndexes(watched.plans), along.by).toEqual(indexes)
    }
    const everywhere = watch(db, { explain: true })
    for (const along of [{ by: 'stream' }, { by: 'dead' }] as const) {
      await walkDeliveries(everywhere.database, { organizationId: undefined, along, order: 'newest first', fromEventId: 0, belowEventId: 2 ** 50, after: { eventId: 2, endpointId: 2 }, limit: 3 })
    }
    expect(scannedTables(everywhere.plans)).toEqual([])
    expect(usedIndexes(everywhere.plans)).toEqual(['deliveries_dead_newest'])
    const bounds = watch(db, { explain: true })
    await listDeliveries(bounds.database, { organizationId: acme, eventId: 'order-17', from: 1, to: db.clock.now() })
    expect(scannedTables(bounds.plans)).toEqual([])
  })
})

async function givenAttempted(db: TestDatabase) {
  const acme = await givenOrganization(db)
  const endpoint = await givenEndpoint(db, acme)
  const give = async (state: DeliveryState, statuses: (number | null)[], lastErrorClass?: string): Promise<string> => {
    const key = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state })
    for (const [i, status] of statuses.entries()) {
      const isLast = i === statuses.length - 1
      await givenAttempt(db, { ...key, number: i + 1, status, errorClass: isLast && lastErrorClass !== undefined ? lastErrorClass : status === 200 ? null : 'http' })
    }
    await db.run(sql`update deliveries set attempts = ${statuses.length} where event_id = ${key.eventId}`)
    return deliveryId(key.eventId, key.endpointId)
  }
  return { acme, endpoint, give }
}

/** For an enabled endpoint one in each state, and for a paused one two that are held for it. */
async function givenOneOfEachState(db: TestDatabase) {
  const acme = await givenOrganization(db)
  const enabled = await givenEndpoint(db, acme)
  const paused = await givenEndpoint(db, acme, { state: 1 })
  const give = async (endpoint: number, state: DeliveryState, step = 0) => givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state, step })
  await give(enabled, sending)
  await give(enabled, waiting)
  await give(enabled, waiting, 3)
  await give(paused, waiting, 3)
  await give(paused, sending)
  await give(enabled, succeeded)
  await give(enabled, dead)
  await give(enabled, discarded)
  return { acme, enabled, paused }
}

async function allPages(db: Database, filter: DeliveryFilter, limit: number): Promise<DeliverySummary[][]> {
  const pages: DeliverySummary[][] = []
  let after: string | undefined
  do {
    const page = await listDeliveries(db, { ...filter, after, limit })
    if (page.data.length > 0) pages.push(page.data)
    after = page.next ?? undefined
  } while (after !== undefined && pages.length < 100)
  return pages
}
