import { describe, expect, test } from 'vitest'
import { deliveryStates, type DeliveryState } from './delivery.js'
import { discardDelivery } from './discard-delivery.js'
import { releaseDelivery } from './release-delivery.js'
import { replayDelivery } from './replay-delivery.js'
import { beginSession } from '../lanes/sessions.js'
import { settle, type Settlement } from './settle.js'
import { keepFact } from '../installation/installation.js'
import { Problem } from '../problems/problem.js'
import { removedFacts } from '../retention/removed-to.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'

const { sending, waiting, succeeded, dead, discarded } = deliveryStates

onEachDatabase('changing one delivery', (db) => {
  describe('replay', () => {
    test.each([succeeded, dead, discarded])('from state %i: due now, the whole schedule again, attempts run on, outside the order', async (state) => {
      const wanted = await givenOne(db, { state, attempts: 3, step: 3 })
      db.clock.advance(60_000)
      expect(await replayDelivery(db, wanted)).toMatchObject({ state: 'pending', attemptCount: 3, dueAt: db.clock.now(), updatedAt: db.clock.now() })
      expect(await stored(db)).toMatchObject({ state: waiting, step: 0, attempts: 3, exempt: 1, due_at: db.clock.now() })
      expect(await wakeAt(db)).toBe(db.clock.now())
    })

    test.each([sending, waiting])('from state %i: it is on its way already, and nothing changes', async (state) => {
      const wanted = await givenOne(db, { state, attempts: 1, step: 1, dueAt: db.clock.now() + 5_000 })
      const before = await stored(db)
      await expect(replayDelivery(db, wanted)).rejects.toMatchObject({ code: 'already_on_its_way', status: 409 })
      expect(await stored(db)).toEqual(before)
      expect(await wakeAt(db)).toBeNull()
    })

    test('twice at once: one of them', async () => {
      const wanted = await givenOne(db, { state: dead })
      await replayDelivery(db, wanted)
      await expect(replayDelivery(db, wanted)).rejects.toThrow(Problem)
    })

    test('for an endpoint that is not enabled it is held', async () => {
      const wanted = await givenOne(db, { state: dead, endpoint: 2 })
      expect(await replayDelivery(db, wanted)).toMatchObject({ state: 'held' })
    })

    test('for an endpoint that was deleted: refused', async () => {
      const wanted = await givenOne(db, { state: dead, endpoint: 3 })
      await expect(replayDelivery(db, wanted)).rejects.toMatchObject({ code: 'conflict' })
    })

    test('of an event whose data retention has removed: refused', async () => {
      const wanted = await givenOne(db, { state: dead })
      await keepFact(db, { name: removedFacts.payloads, value: String(wanted.eventId) })
      await expect(replayDelivery(db, wanted)).rejects.toMatchObject({ code: 'payload_expired', status: 409 })
    })
  })

  describe('release', () => {
    test('what waits for later is due now, and keeps its place in the schedule', async () => {
      const wanted = await givenOne(db, { state: waiting, attempts: 2, step: 2, dueAt: db.clock.now() + 3_600_000 })
      expect(await releaseDelivery(db, wanted)).toMatchObject({ state: 'retrying', dueAt: db.clock.now() })
      expect(await stored(db)).toMatchObject({ step: 2, exempt: 0 })
      expect(await wakeAt(db)).toBe(db.clock.now())
    })

    test('what is being sent stays as it is', async () => {
      const wanted = await givenOne(db, { state: sending })
      expect(await releaseDelivery(db, wanted)).toMatchObject({ state: 'pending' })
      expect(await stored(db)).toMatchObject({ state: sending })
    })

    test.each([1, 2, 3])('for an endpoint in state %i: refused', async (endpoint) => {
      const wanted = await givenOne(db, { state: waiting, endpoint })
      await expect(releaseDelivery(db, wanted)).rejects.toMatchObject({ code: 'endpoint_not_enabled', status: 409 })
    })

    test.each([succeeded, dead, discarded])('from state %i: it is not held', async (state) => {
      const wanted = await givenOne(db, { state })
      await expect(releaseDelivery(db, wanted)).rejects.toMatchObject({ code: 'not_held', status: 409 })
    })
  })

  describe('discard', () => {
    test.each<[DeliveryState, number]>([[sending, 0], [waiting, 0], [waiting, 1], [waiting, 3]])('from state %i with its endpoint in state %i: given up', async (state, endpoint) => {
      const wanted = await givenOne(db, { state, endpoint })
      expect(await discardDelivery(db, wanted)).toMatchObject({ state: 'discarded', dueAt: null })
    })

    test('what an attempt that was under way brings changes nothing any more', async () => {
      const wanted = await givenOne(db, { state: sending })
      await discardDelivery(db, wanted)
      const session = await beginSession(db, 'node')
      expect((await settle(db, session, [settlement(wanted)])).applied).toBe(0)
      expect(await stored(db)).toMatchObject({ state: discarded })
    })

    test.each([succeeded, dead, discarded])('from state %i: it has ended already', async (state) => {
      const wanted = await givenOne(db, { state })
      await expect(discardDelivery(db, wanted)).rejects.toMatchObject({ code: 'already_settled', status: 409 })
    })

    test('is counted in its minute', async () => {
      await discardDelivery(db, await givenOne(db, { state: waiting }))
      expect(await db.all(sql`select minute, kind, count from counters where organization_id > 0`)).toEqual([{ minute: Math.floor(db.clock.now() / 60_000), kind: 'discarded', count: 1 }])
    })
  })

  test('another organization\'s delivery answers like one that does not exist', async () => {
    const wanted = { ...await givenOne(db, { state: dead }), organizationId: await givenOrganization(db, 'other') }
    const missing = { ...wanted, eventId: 1 }
    for (const change of [replayDelivery, releaseDelivery, discardDelivery]) {
      const told = await change(db, missing).catch((error: Problem) => error.toJSON())
      expect(await change(db, wanted).catch((error: Problem) => error.toJSON())).toEqual(told)
      expect(told).toMatchObject({ code: 'not_found' })
    }
  })

  test('under one Idempotency-Key a replay is made once, and answered twice', async () => {
    const wanted = await givenOne(db, { state: dead, attempts: 1 })
    const store = await db.store()
    const claim = { scope: 'acme', key: 'k', digest: 'd' }
    const first = await store.command('replayDelivery', { ...wanted, claim })
    expect(await store.command('replayDelivery', { ...wanted, claim })).toEqual(first)
    expect(await store.query('listDeliveries', { organizationId: wanted.organizationId, state: 'pending' })).toEqual({ data: [first], next: null })
  })
})

async function givenOne(db: TestDatabase, { endpoint = 0, ...delivery }: { state: DeliveryState; endpoint?: number; attempts?: number; step?: number; dueAt?: number }) {
  const acme = await givenOrganization(db)
  const endpointId = await givenEndpoint(db, acme, { state: endpoint })
  const eventId = await givenEvent(db, acme)
  await givenDelivery(db, acme, { eventId, endpointId, ...delivery })
  return { organizationId: acme, eventId, endpointId }
}

function stored(db: TestDatabase) {
  return db.first(sql`select state, step, attempts, exempt, due_at, updated_at from deliveries`)
}

async function wakeAt(db: TestDatabase) {
  return (await db.first<{ wake_at: number | null }>(sql`select wake_at from lanes`))?.wake_at
}

function settlement(key: { organizationId: number; eventId: number; endpointId: number }): Settlement {
  return {
    ...key, attempts: 0, state: succeeded, acceptedAt: 0, step: 0, waitMs: 0, at: 0, durationMs: 1, status: 200, errorClass: null, error: null,
    url: '', requestHeaders: '{}', responseHeaders: '{}', answer: null, disable: null, failingSince: undefined, alerts: [],
  }
}
