import { expect, test } from 'vitest'
import { cancelReplay } from './cancel-replay.js'
import { countMatching, countMatchingStretch, replayBounds } from './count-matching.js'
import { readReplay, type ReplayFilter } from './replay.js'
import { startReplay } from './start-replay.js'
import { stepReplays } from './step-replays.js'
import { deliveryStates, type DeliveryState } from '../deliveries/delivery.js'
import { keepFact } from '../installation/installation.js'
import { removedFacts } from '../retention/removed-to.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenAttempt, givenDelivery, givenEndpoint, givenEvent, givenManyDeliveries, givenOrganization } from '../testing/given.js'

const { sending, waiting, succeeded, dead, discarded } = deliveryStates

onEachDatabase('bulk replay', (db) => {
  test('makes every dead letter due again, in steps, and says how far it is', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 25, state: dead })
    const replay = await start(db, acme, { state: 'dead' })
    expect(replay).toMatchObject({ state: 'running', matched: 25, matchedIsAtLeast: false, replayed: 0 })

    expect(await stepReplays(db, { limit: 10 })).toEqual({ worked: true, replayed: 10 })
    expect(await readReplay(db, { organizationId: acme, id: replay.id })).toMatchObject({ state: 'running', replayed: 10 })
    expect(await runToEnd(db, 10)).toBe(15)
    expect(await readReplay(db, { organizationId: acme, id: replay.id })).toMatchObject({ state: 'done', matched: 25, replayed: 25 })
    expect(await states(db)).toEqual(Array.from({ length: 25 }, () => waiting))
    expect(await stepReplays(db, { limit: 10 })).toEqual({ worked: false, replayed: 0 })
  })

  test('a revived delivery begins its schedule anew, keeps its attempts, and wakes its lane', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state: dead, attempts: 4, step: 4 })
    db.clock.advance(60_000)
    await start(db, acme, { state: 'dead' })
    await runToEnd(db)
    expect(await db.first(sql`select state, step, attempts, exempt, due_at from deliveries`)).toEqual({ state: waiting, step: 0, attempts: 4, exempt: 1, due_at: db.clock.now() })
    expect(await db.first(sql`select wake_at from lanes`)).toEqual({ wake_at: db.clock.now() })
  })

  test('a selection: these, whatever they ended as, none of another organization and none that is on its way', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const other = await givenOrganization(db, 'other')
    const give = async (organization: number, to: number, state: DeliveryState) => givenDelivery(db, organization, { eventId: await givenEvent(db, organization), endpointId: to, state })
    const mine = [await give(acme, endpoint, succeeded), await give(acme, endpoint, dead), await give(acme, endpoint, waiting), await give(acme, endpoint, discarded)]
    const left = await give(acme, endpoint, dead)
    const foreign = await give(other, await givenEndpoint(db, other), dead)
    const started = await start(db, acme, { deliveries: [...mine].reverse().concat(foreign, { eventId: 1, endpointId: 1 }) })
    expect(started.matched).toBe(3)
    expect(await runToEnd(db, 2)).toBe(3)
    expect(await readReplay(db, { organizationId: acme, id: started.id })).toMatchObject({ state: 'done', replayed: 3 })
    expect(await db.all(sql`select event_id, state from deliveries where state <> ${waiting} order by event_id`)).toEqual([{ event_id: left.eventId, state: dead }, { event_id: foreign.eventId, state: dead }])
    expect((await count(db, acme, { deliveries: mine, state: 'dead' })).matched).toBe(0)
  })

  test('a group: of one endpoint, what died of the same', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const second = await givenEndpoint(db, acme)
    for (const [to, status, errorClass] of [[endpoint, 500, 'http'], [endpoint, 503, 'http'], [endpoint, null, 'timeout'], [second, 500, 'http']] as const) {
      const key = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: to, state: dead })
      await givenAttempt(db, { ...key, number: 1, status, errorClass })
      await db.run(sql`update deliveries set attempts = 1 where event_id = ${key.eventId}`)
    }
    expect((await count(db, acme, { state: 'dead', endpointId: endpoint, status: '5xx' })).matched).toBe(2)
    expect((await count(db, acme, { state: 'dead', errorClass: 'http' })).matched).toBe(3)
    await start(db, acme, { state: 'dead', endpointId: endpoint, errorClass: 'timeout' })
    expect(await runToEnd(db, 1)).toBe(1)
    await start(db, acme, { state: 'dead', endpointId: endpoint, status: '503', errorClass: 'http' })
    expect(await runToEnd(db, 1)).toBe(1)
    expect(await states(db)).toEqual([dead, waiting, waiting, dead])
  })

  test('takes up only what has ended in the wanted state', async () => {
    const { acme, endpoint } = await givenAcme(db)
    for (const state of [sending, waiting, succeeded, dead, discarded]) await givenManyDeliveries(db, acme, endpoint, { number: 1, state })
    for (const state of ['succeeded', 'discarded', 'dead'] as const) {
      expect((await start(db, acme, { state })).matched).toBe(1)
      expect(await runToEnd(db)).toBe(1)
    }
    expect(await states(db)).toEqual([sending, waiting, waiting, waiting, waiting])
  })

  test.each<[string, (world: World) => ReplayFilter, string[]]>([
    ['one endpoint', ({ second }) => ({ state: 'dead', endpointId: second }), ['order.created>2', 'order.paid>2', 'product.created>2', 'order.created>2']],
    ['succeeded of one endpoint', ({ second }) => ({ state: 'succeeded', endpointId: second }), []],
    ['event types', () => ({ state: 'dead', eventTypes: ['order.*'] }), ['order.created>1', 'order.created>2', 'order.paid>1', 'order.paid>2', 'order.created>1', 'order.created>2']],
    ['from an instant', ({ times }) => ({ state: 'dead', from: times[2] }), ['product.created>1', 'product.created>2', 'order.created>1', 'order.created>2']],
    ['before an instant', ({ times }) => ({ state: 'dead', to: times[1] }), ['order.created>1', 'order.created>2']],
    ['all of them together', ({ second, times }) => ({ state: 'dead', endpointId: second, eventTypes: ['order.created'], from: times[1], to: times[3] }), []],
  ])('by %s', async (_, filterOf, expected) => {
    const world = await givenWorld(db)
    const filter = filterOf(world)
    expect((await count(db, world.acme, filter)).matched).toBe(expected.length)
    await start(db, world.acme, filter)
    await runToEnd(db, 1)
    const rows = await db.all<{ type: string; endpoint_id: number }>(sql`
      select e.type, d.endpoint_id from deliveries d join events e on e.id = d.event_id where d.state = ${waiting} order by d.event_id, d.endpoint_id`)
    expect(rows.map((row) => `${row.type}>${row.endpoint_id === world.second ? 2 : 1}`)).toEqual(expected)
  })

  test('counts without storing anything, however many there are', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 4_100, state: dead })
    expect(await count(db, acme, { state: 'dead' })).toEqual({ matched: 4_100, matchedIsAtLeast: false })
    expect(await count(db, acme, { state: 'dead' }, 2_000)).toEqual({ matched: 2_000, matchedIsAtLeast: true })
    expect(await db.all(sql`select id from replays`)).toEqual([])
  })

  test('what is published, or ends, after it began is not its business', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 3, state: dead })
    await givenManyDeliveries(db, acme, endpoint, { number: 1, state: waiting })
    await start(db, acme, { state: 'dead' })
    await stepReplays(db, { limit: 2 })

    db.clock.advance(1_000)
    await db.run(sql`update deliveries set state = ${dead}, updated_at = ${db.now} where state = ${waiting}`)
    await givenManyDeliveries(db, acme, endpoint, { number: 2, state: dead })
    expect(await runToEnd(db)).toBe(1)
    expect((await states(db)).filter((state) => state === waiting)).toHaveLength(1)
  })

  test('goes on where it was after the process ended, and takes nothing up twice', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 30, state: dead })
    const { id } = await start(db, acme, { state: 'dead' })
    const killed = await db.store()
    await killed.command('stepReplays', { limit: 12 })
    await killed.close()

    const store = await db.store()
    let replayed = 0
    for (let step = await store.command('stepReplays', { limit: 12 }); step.worked; step = await store.command('stepReplays', { limit: 12 })) replayed += step.replayed
    expect(replayed).toBe(18)
    expect(await store.query('readReplay', { organizationId: acme, id })).toMatchObject({ state: 'done', replayed: 30 })
  })

  test('cancelled: what is due again stays so, the rest stays as it was', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 5, state: dead })
    const { id } = await start(db, acme, { state: 'dead' })
    await stepReplays(db, { limit: 2 })
    expect(await cancelReplay(db, { organizationId: acme, id })).toMatchObject({ state: 'cancelled', replayed: 2 })
    expect(await cancelReplay(db, { organizationId: acme, id })).toMatchObject({ state: 'cancelled' })
    expect(await runToEnd(db)).toBe(0)
    expect(await states(db)).toEqual([waiting, waiting, dead, dead, dead])
  })

  test('what is done cannot be cancelled', async () => {
    const { acme } = await givenAcme(db)
    const { id } = await start(db, acme, { state: 'dead' })
    await runToEnd(db)
    await expect(cancelReplay(db, { organizationId: acme, id })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('jobs take turns', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenManyDeliveries(db, acme, endpoint, { number: 20, state: dead })
    const long = await start(db, acme, { state: 'dead' })
    const short = await start(db, acme, { state: 'succeeded', endpointId: await givenEndpoint(db, acme) })
    for (let n = 0; n < 2; n++) {
      db.clock.advance(1)
      await stepReplays(db, { limit: 5 })
    }
    expect(await readReplay(db, { organizationId: acme, id: long.id })).toMatchObject({ state: 'running', replayed: 5 })
    expect(await readReplay(db, { organizationId: acme, id: short.id })).toMatchObject({ state: 'done' })
  })

  test('leaves out deleted endpoints and events whose data is gone', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const deleted = await givenEndpoint(db, acme, { state: 3 })
    await givenManyDeliveries(db, acme, deleted, { number: 2, state: dead })
    await givenManyDeliveries(db, acme, endpoint, { number: 2, state: dead })
    const [row] = await db.all<{ event_id: number }>(sql`select event_id from deliveries where endpoint_id = ${endpoint} order by event_id`)
    await keepFact(db, { name: removedFacts.payloads, value: String(row?.event_id) })
    expect((await start(db, acme, { state: 'dead' })).matched).toBe(1)
    expect(await runToEnd(db)).toBe(1)
  })

  test('events without deliveries do not end it', async () => {
    const { acme, endpoint } = await givenAcme(db)
    for (let n = 0; n < 40; n++) await givenEvent(db, acme)
    await givenManyDeliveries(db, acme, endpoint, { number: 1, state: succeeded })
    await start(db, acme, { state: 'succeeded' })
    expect(await runToEnd(db, 5)).toBe(1)
  })

  test('another organization\'s endpoint and job answer like ones that do not exist', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const other = await givenOrganization(db, 'other')
    const { id } = await start(db, acme, { state: 'dead' })
    await expect(start(db, other, { state: 'dead', endpointId: endpoint })).rejects.toMatchObject({ code: 'not_found' })
    expect(await readReplay(db, { organizationId: other, id })).toBeUndefined()
    expect(await cancelReplay(db, { organizationId: other, id })).toBeUndefined()
  })
})

type World = Awaited<ReturnType<typeof givenWorld>>

/** Four events, a minute apart, each dead for two endpoints. */
async function givenWorld(db: TestDatabase) {
  const { acme, endpoint } = await givenAcme(db)
  const second = await givenEndpoint(db, acme)
  const times: number[] = []
  for (const type of ['order.created', 'order.paid', 'product.created', 'order.created']) {
    db.clock.advance(60_000)
    times.push(db.clock.now())
    const event = await givenEvent(db, acme, { type })
    for (const endpointId of [endpoint, second]) await givenDelivery(db, acme, { eventId: event, endpointId, state: dead })
  }
  return { acme, endpoint, second, times }
}

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function count(db: TestDatabase, organizationId: number, filter: ReplayFilter, maxRead?: number) {
  const bounds = await replayBounds(db, { organizationId, filter })
  return countMatching((after) => countMatchingStretch(db, { organizationId, filter, bounds, after }), maxRead)
}

async function start(db: TestDatabase, organizationId: number, filter: ReplayFilter) {
  const bounds = await replayBounds(db, { organizationId, filter })
  return startReplay(db, { organizationId, filter, bounds, ...await count(db, organizationId, filter) })
}

async function runToEnd(db: TestDatabase, limit = 500): Promise<number> {
  let replayed = 0
  for (let step = await stepReplays(db, { limit }); step.worked; step = await stepReplays(db, { limit })) replayed += step.replayed
  return replayed
}

async function states(db: TestDatabase): Promise<number[]> {
  return (await db.all<{ state: number }>(sql`select state from deliveries order by event_id, endpoint_id`)).map((row) => row.state)
}
