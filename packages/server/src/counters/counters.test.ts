import { expect, test } from 'vitest'
import { backlog } from './backlog.js'
import { addToCounters, countNow } from './count.js'
import { failingEndpoints } from './failing-endpoints.js'
import { inboundCounts } from './inbound-counts.js'
import { latencyKind } from './latency.js'
import { overview } from './overview.js'
import { sumUp } from './sum-up.js'
import { foldTallies, tally } from './tallies.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { endpointId } from '../ids/public-id.js'
import { count } from '../receipts/receive.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { watch } from '../testing/watched-database.js'

const { waiting, succeeded } = deliveryStates
const minute = 60_000

onEachDatabase('the overview', (db) => {
  test('adds up what each minute counted, in steps', async () => {
    const from = db.clock.now()
    await countNow(db, 'succeeded', new Map([[1, 5], [2, 1]]))
    await countNow(db, 'succeeded', new Map([[1, 2]]))
    db.clock.advance(minute)
    await countNow(db, 'dead', new Map([[1, 3]]))
    const none = { succeeded: 0, retrying: 0, dead: 0, discarded: 0, replayed: 0 }
    expect(await overview(db, { organizationId: 1, from, to: from + 60 * minute })).toEqual({
      stepMinutes: 1,
      totals: { ...none, succeeded: 7, dead: 3 },
      latency: undefined,
      steps: [{ at: from, ...none, succeeded: 7, latency: undefined }, { at: from + minute, ...none, dead: 3, latency: undefined }],
    })
    expect((await overview(db, { from, to: from + 60 * minute })).totals).toEqual({ ...none, succeeded: 8, dead: 3 })
  })

  test('begins with the minute of its first instant and ends before its last', async () => {
    const from = db.clock.now()
    for (let n = 0; n < 4; n++) {
      await countNow(db, 'succeeded', new Map([[1, 1]]))
      db.clock.advance(minute)
    }
    for (const organizationId of [1, undefined]) {
      expect((await overview(db, { organizationId, from: from + minute, to: from + 3 * minute })).totals.succeeded).toBe(2)
      expect((await overview(db, { organizationId, from: from + 90_000, to: from + 2 * minute })).totals.succeeded).toBe(1)
      expect((await overview(db, { organizationId, from: from + minute, to: from + minute })).totals.succeeded).toBe(0)
    }
  })

  test.each([[3, 1], [12, 5], [48, 15], [24 * 7, 60], [24 * 30, 360], [24 * 180, 1_440], [24 * 400, 10_080]])('%i hours are shown in steps of %i minutes', async (hours, stepMinutes) => {
    await countNow(db, 'dead', new Map([[1, 1]]))
    const to = db.clock.now() + minute
    const shown = await overview(db, { organizationId: 1, from: to - hours * 60 * minute, to })
    expect(shown.stepMinutes).toBe(stepMinutes)
    expect(shown.totals.dead).toBe(1)
    expect((shown.steps[0]?.at ?? 1) % (stepMinutes * minute)).toBe(0)
  })
})

onEachDatabase('counters that are summed up', (db) => {
  test('tell the same as before, of one organization and of all, over any span', async () => {
    const begin = db.clock.now() - db.clock.now() % (60 * minute)
    db.clock.advance(begin + 60 * minute - db.clock.now())
    for (let n = 0; n < 150; n++) {
      await countNow(db, 'dead', new Map([[1, 1], [2, 2], [3, n]]))
      if (n % 10 === 0) await countLatencies(db, 2, [3, 50, 50])
      db.clock.advance(minute)
    }
    const to = db.clock.now()
    const all = () => Promise.all([2, 24, 24 * 7, 24 * 30].flatMap((hours) => [1, 2, undefined].map((organizationId) => overview(db, { organizationId, from: to - hours * 60 * minute, to }))))
    const before = await all()
    expect(before[4]?.totals).toMatchObject({ dead: 300, succeeded: 45 })
    expect(before[4]?.latency).toMatchObject({ count: 45 })
    expect(before[5]?.totals.dead).toBe(150 + 300 + 150 * 149 / 2)

    let steps = 1
    while (await sumUp(db, { limit: 7 })) steps++
    expect(steps).toBeGreaterThan(60)
    expect(await all()).toEqual(before)
    expect(await sumUp(db, { limit: 7 })).toBe(false)
    expect(await all()).toEqual(before)

    await db.run(sql`delete from counters where minute < ${Math.floor(to / minute) - 60}`)
    const hours = (await overview(db, { organizationId: 2, from: to - 24 * 7 * 60 * minute, to }))
    expect(hours.totals).toEqual(before[7]?.totals)
  })

  test('what was tallied is told at once, and the same once it was added to the counters', async () => {
    const from = db.clock.now()
    await tally(db, [[1, 'dead', 2], [2, 'dead', 1], [2, latencyKind(50), 3]])
    await tally(db, [[2, 'retrying', 4]])
    db.clock.advance(minute)
    await countNow(db, 'dead', new Map([[2, 10]]))
    await tally(db, [[2, 'dead', 5]])
    await tally(db, [])
    const all = () => Promise.all([1, 24, 48].flatMap((hours) => [1, 2, 3, undefined].map((organizationId) => overview(db, { organizationId, from, to: from + hours * 60 * minute }))))
    const before = await all()
    expect(before[0]).toMatchObject({ totals: { dead: 2, succeeded: 0 }, steps: [{ at: from, dead: 2 }] })
    expect(before[1]).toMatchObject({ totals: { dead: 16, succeeded: 3, retrying: 4 }, latency: { count: 3 }, steps: [{ at: from, dead: 1 }, { at: from + minute, dead: 15 }] })
    expect(before[2]?.steps).toEqual([])
    expect(before[3]?.totals).toMatchObject({ dead: 18, succeeded: 3, retrying: 4 })

    expect([await foldTallies(db, { limit: 2 }), await foldTallies(db, { limit: 2 }), await foldTallies(db, { limit: 2 })]).toEqual([true, false, false])
    expect(await db.all(sql`select id from tallies`)).toEqual([])
    expect(await all()).toEqual(before)
  })

  test('a minute is summed up only when all that was tallied in it is counted', async () => {
    const from = db.clock.now()
    await tally(db, [[1, 'dead', 2]])
    db.clock.advance(10 * minute)
    await countNow(db, 'dead', new Map([[1, 3]]))
    db.clock.advance(10 * minute)
    while (await sumUp(db, { limit: 100 }));
    await foldTallies(db, { limit: 100 })
    const told = async () => (await overview(db, { organizationId: 1, from, to: from + 24 * 60 * minute })).totals.dead
    expect(await told()).toBe(5)
    while (await sumUp(db, { limit: 100 }));
    expect(await told()).toBe(5)
    expect(await db.first(sql`select cast(sum(count) as int) as dead from counter_hours where organization_id = 1`)).toEqual({ dead: 5 })
  })

  test('the last two minutes are left alone: somebody may still be counting there', async () => {
    await countNow(db, 'dead', new Map([[1, 1]]))
    db.clock.advance(minute)
    await sumUp(db, { limit: 100 })
    await db.run(sql`update counters set count = count + 1`)
    db.clock.advance(4 * minute)
    await sumUp(db, { limit: 100 })
    expect(await db.all(sql`select organization_id, count from counter_hours order by organization_id`)).toEqual([{ organization_id: 0, count: 2 }, { organization_id: 1, count: 2 }])
  })

  test('what came in is told by source and verdict, before and after', async () => {
    const acme = await givenOrganization(db)
    await db.run(sql`insert into sources (name, provider, organization_id, created_at, updated_at) values ('stripe', 'stripe', ${acme}, 0, 0), ('shop', 'shopify', null, 0, 0)`)
    const sources = await db.all<{ id: number }>(sql`select id from sources order by name desc`)
    const [stripe, shop] = sources.map(({ id }) => id) as [number, number]
    const from = db.clock.now()
    for (let n = 0; n < 100; n++) {
      await count(db, [{ sourceId: stripe, verdict: 'accepted', count: 2, at: db.clock.now() }, { sourceId: shop, verdict: 'refused', count: 1, at: db.clock.now() }])
      db.clock.advance(minute)
    }
    const none = { accepted: 0, duplicate: 0, refused: 0, handshake: 0 }
    const told = async (organizationId?: number) => inboundCounts(db, { organizationId, from, to: db.clock.now() })
    const expected = [{ source: 'shop', provider: 'shopify', ...none, refused: 100 }, { source: 'stripe', provider: 'stripe', ...none, accepted: 200 }]
    expect(await told()).toEqual(expected)
    while (await sumUp(db, { limit: 7 }));
    expect(await told()).toEqual(expected)
    expect(await told(acme)).toEqual([expected[1]])
    expect(await inboundCounts(db, { from: db.clock.now() - 60 * minute, to: db.clock.now() })).toEqual([{ ...expected[0], refused: 60 }, { ...expected[1], accepted: 120 }])
  })
})

onEachDatabase('failing endpoints', (db) => {
  test('are told with what their failing began with and what waits for them, the longest first', async () => {
    const acme = await givenOrganization(db)
    const other = await givenOrganization(db, 'other')
    const [late, early, gone, fine] = [await givenEndpoint(db, acme, { url: 'https://late.example' }), await givenEndpoint(db, acme), await givenEndpoint(db, other, { state: 2 }), await givenEndpoint(db, acme)] as [number, number, number, number]
    await db.run(sql`update lanes set failing_since = 2000, failing_error_class = 'timeout' where endpoint_id = ${late}`)
    await db.run(sql`update lanes set failing_since = 1000, failing_status = 503, failing_error_class = 'http' where endpoint_id = ${early}`)
    await db.run(sql`update lanes set failing_since = 3000 where endpoint_id = ${gone}`)
    for (const endpoint of [late, late, fine]) await givenWaiting(db, acme, endpoint, {})

    const found = await failingEndpoints(db, { organizationId: acme, limit: 10 })
    expect(found).toMatchObject({ more: false, endpoints: [
      { id: endpointId(early), organizationId: 'acme', state: 'enabled', failingSince: 1000, status: 503, errorClass: 'http', waiting: 0, waitingIsAtLeast: false },
      { id: endpointId(late), url: 'https://late.example', failingSince: 2000, status: null, errorClass: 'timeout', waiting: 2 },
    ] })
    expect((await failingEndpoints(db, { limit: 10 })).endpoints.map(({ id }) => id)).toEqual([early, late, gone].map(endpointId))
    expect(await failingEndpoints(db, { limit: 1 })).toMatchObject({ more: true, endpoints: [{ id: endpointId(early) }] })
  })
})

onEachDatabase('the backlog', (db) => {
  test('nothing waits: nothing is due', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenWaiting(db, acme, endpoint, { state: succeeded })
    expect(await backlog(db, {})).toEqual({ dueAgeMs: 0, waiting: 0, waitingIsAtLeast: false })
  })

  test('tells for how long the oldest has been due, whichever endpoint it is for', async () => {
    const { acme, endpoint } = await givenAcme(db)
    const others = [await givenEndpoint(db, acme), await givenEndpoint(db, acme)]
    await givenWaiting(db, acme, endpoint, { dueInMs: 60_000 })
    await givenWaiting(db, acme, others[0] as number, { dueInMs: -7_000 })
    await givenWaiting(db, acme, others[0] as number, { dueInMs: -1_000 })
    await givenWaiting(db, acme, others[1] as number, { dueInMs: -3_000 })
    expect(await backlog(db, {})).toEqual({ dueAgeMs: 7_000, waiting: 4, waitingIsAtLeast: false })
    expect(await backlog(db, { organizationId: acme })).toEqual({ dueAgeMs: 7_000, waiting: 4, waitingIsAtLeast: false })
    expect(await backlog(db, { organizationId: acme + 1 })).toEqual({ dueAgeMs: 0, waiting: 0, waitingIsAtLeast: false })
  })

  test('a retry that is due later is no delay, and what is held for a paused endpoint is nobody\'s fault', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenWaiting(db, acme, endpoint, { dueInMs: 60_000 })
    await givenWaiting(db, acme, await givenEndpoint(db, acme, { state: 1 }), { dueInMs: -90_000 })
    expect(await backlog(db, {})).toEqual({ dueAgeMs: 0, waiting: 2, waitingIsAtLeast: false })
  })

  // SQLite plans by the schema alone; PostgreSQL by what is in it, so on tables this small it tells nothing.
  test.runIf(db.dialect === 'sqlite')('reads the index of what waits, and nothing else of the deliveries', async () => {
    const { acme, endpoint } = await givenAcme(db)
    await givenWaiting(db, acme, endpoint, { dueInMs: 0 })
    const { database, plans } = watch(db, { explain: true })
    await backlog(database, {})
    const ofDeliveries = plans.filter((step) => /\b(deliveries|d)\b/.test(step))
    expect(ofDeliveries.length).toBeGreaterThan(0)
    for (const step of ofDeliveries) expect(step).toMatch(/COVERING INDEX deliveries_waiting/)
  })
})

async function countLatencies(db: TestDatabase, organizationId: number, latencies: readonly number[]): Promise<void> {
  await addToCounters(db, Math.floor(db.clock.now() / minute), latencies.map((ms) => [organizationId, latencyKind(ms), 1]))
}

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function givenWaiting(db: TestDatabase, acme: number, endpointId: number, { dueInMs = 0, state = waiting as 1 | 2 }: { dueInMs?: number; state?: 1 | 2 }) {
  await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId, state, dueAt: db.clock.now() + dueInMs })
}
