import { expect, test } from 'vitest'
import { sql } from '../storage/sql.js'
import { onEachDatabase, onPostgres, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { beginSession, endSession, fenceDeadSessions, proveSession, renewSession, sessionMs } from './sessions.js'
import { settle, type Settlement } from '../deliveries/settle.js'
import type { DeliveryKey } from '../ids/public-id.js'

const { sending, waiting, succeeded } = deliveryStates

/** A delivery that a node's memory holds, on a lane of its own. */
async function givenSending(db: TestDatabase, session: string): Promise<DeliveryKey & { organizationId: number }> {
  const organizationId = await givenOrganization(db)
  const endpointId = await givenEndpoint(db, organizationId)
  const key = await givenDelivery(db, organizationId, { eventId: await givenEvent(db, organizationId), endpointId, state: sending })
  await db.run(sql`update lanes set session = ${session} where endpoint_id = ${endpointId}`)
  return { ...key, organizationId }
}

const success = (db: TestDatabase, key: DeliveryKey & { organizationId: number }, attempts = 0): Settlement => ({
  ...key, attempts, state: succeeded, acceptedAt: 0, step: 0, waitMs: 0, at: db.clock.now(), durationMs: 1, status: 200, errorClass: null, error: null,
  url: 'https://receiver.example/hook', requestHeaders: '{}', responseHeaders: '{}', answer: null, disable: null, failingSince: undefined, alerts: [],
})

const delivery = (db: TestDatabase) => db.first<{ state: number; attempts: number }>(sql`select state, attempts from deliveries`)
const lane = (db: TestDatabase) => db.first<{ session: string | null; wake_at: number | null }>(sql`select session, wake_at from lanes`)

onEachDatabase('a session', (db) => {
  test('lives as long as it is renewed in time', async () => {
    const alice = await beginSession(db, 'alice')
    for (let n = 0; n < 3; n++) {
      db.clock.advance(sessionMs)
      expect(await fenceDeadSessions(db)).toBe(0)
      await renewSession(db, alice)
    }
    db.clock.advance(sessionMs + 1)
    expect(await fenceDeadSessions(db)).toBe(1)
    await expect(renewSession(db, alice)).rejects.toThrow(/has ended/)
  })

  test.each(['fenced', 'ended', 'begun anew by its node'])('%s: what it held is due again now, and its lanes are free', async (how) => {
    const alice = await beginSession(db, 'alice')
    await givenSending(db, alice)
    db.clock.advance(sessionMs + 1)
    if (how === 'fenced') await fenceDeadSessions(db)
    else if (how === 'ended') await endSession(db, alice)
    else await beginSession(db, 'alice')
    expect(await delivery(db)).toEqual({ state: waiting, attempts: 0 })
    expect(await lane(db)).toEqual({ session: null, wake_at: db.clock.now() })
  })

  test('what a fenced one still wants to settle changes nothing', async () => {
    const alice = await beginSession(db, 'alice')
    const key = await givenSending(db, alice)
    db.clock.advance(sessionMs + 1)
    await fenceDeadSessions(db)
    await expect(db.transaction((tx) => settle(tx, alice, [success(db, key)]))).rejects.toThrow(/has ended/)
    expect(await delivery(db)).toEqual({ state: waiting, attempts: 0 })
  })

  test('a settlement that is repeated, because its reply was lost, counts once', async () => {
    const alice = await beginSession(db, 'alice')
    const key = await givenSending(db, alice)
    expect(await db.transaction((tx) => settle(tx, alice, [success(db, key)]))).toMatchObject({ applied: 1 })
    await db.run(sql`update deliveries set state = ${waiting}`) // a replay in between
    expect(await db.transaction((tx) => settle(tx, alice, [success(db, key)]))).toMatchObject({ applied: 0 })
    expect(await delivery(db)).toEqual({ state: waiting, attempts: 1 })
    expect(await db.all(sql`select number from attempts`)).toEqual([{ number: 1 }])
  })
})

onPostgres('a fence between nodes', (db) => {
  test('waits for nobody: while a settlement is under way its session is passed over, and the others are fenced', async () => {
    const alice = await beginSession(db, 'alice')
    await beginSession(db, 'bob')
    const key = await givenSending(db, alice)
    db.clock.advance(sessionMs + 1)
    await db.transaction(async (tx) => {
      await settle(tx, alice, [success(db, key)])
      expect(await fenceDeadSessions(db)).toBe(1)
    })
    expect(await delivery(db)).toEqual({ state: succeeded, attempts: 1 })
    expect(await fenceDeadSessions(db)).toBe(1)
    expect(await delivery(db)).toEqual({ state: succeeded, attempts: 1 })
  })

  test('a node that begins anew waits for what its earlier session has under way', async () => {
    const alice = await beginSession(db, 'alice')
    const key = await givenSending(db, alice)
    let again: Promise<string> | undefined
    await db.transaction(async (tx) => {
      await proveSession(tx, alice)
      again = beginSession(db, 'alice')
      await aMoment()
      await settle(tx, alice, [success(db, key)])
    })
    expect(await again).not.toBe(alice)
    expect(await delivery(db)).toEqual({ state: succeeded, attempts: 1 })
  })

  test('what is being dispatched to its lanes is seen by whoever frees them', async () => {
    const alice = await beginSession(db, 'alice')
    const { eventId, endpointId, organizationId } = await givenSending(db, alice)
    await db.run(sql`update deliveries set state = ${succeeded}`)
    const next = await givenEvent(db, organizationId)
    expect(next).toBeGreaterThan(eventId)
    db.clock.advance(sessionMs + 1)

    let fence: Promise<number> | undefined
    await db.transaction(async (tx) => {
      await tx.run(sql`
        insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
        values (${next}, ${endpointId}, ${organizationId}, ${waiting}, 0, 0, 1, 0, ${db.now}, ${db.now})`)
      await tx.run(sql`update lanes set wake_at = ${db.now} where endpoint_id = ${endpointId}`)
      fence = fenceDeadSessions(db)
      await aMoment()
    })
    expect(await fence).toBe(1)
    expect(await lane(db)).toEqual({ session: null, wake_at: db.clock.now() })
  })
})

/** Long enough for another connection to come to where it has to wait. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100))
}
