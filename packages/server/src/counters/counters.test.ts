import { expect, test } from 'vitest'
import { backlog } from './backlog.js'
import { countNow } from './count.js'
import { overview } from './overview.js'
import { deliveryStates } from '../deliveries/delivery.js'
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
      steps: [{ at: from, ...none, succeeded: 7 }, { at: from + minute, ...none, dead: 3 }],
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

async function givenAcme(db: TestDatabase) {
  const acme = await givenOrganization(db)
  return { acme, endpoint: await givenEndpoint(db, acme) }
}

async function givenWaiting(db: TestDatabase, acme: number, endpointId: number, { dueInMs = 0, state = waiting as 1 | 2 }: { dueInMs?: number; state?: 1 | 2 }) {
  await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId, state, dueAt: db.clock.now() + dueInMs })
}
