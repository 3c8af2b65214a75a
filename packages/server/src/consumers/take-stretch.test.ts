import { expect, test } from 'vitest'
import { beginSession, endSession } from '../lanes/sessions.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenEvent, givenOrganization } from '../testing/given.js'
import { listConsumerDeadLetters, replayConsumerDeadLetter } from './dead-letters.js'
import { beginHandlers, dueHandlers, settleStretch, takeStretch, type Stretch } from './take-stretch.js'

onEachDatabase('an application\'s handlers', (db) => {
  test('two sessions never have the same stretch, and it is free again when the session that has it has ended', async () => {
    const { acme, alice, bob } = await given(db, 3)
    const store = await db.store()
    const taken = await Promise.all([alice, bob].map((session) => store.command('takeStretch', { consumer: 'app:emails', organizationId: acme, session, patterns: ['order.*'], limit: 50 })))
    expect(taken.map((stretch) => stretch?.events.length).sort()).toEqual([3, undefined])

    const [holder, other] = taken[0] === undefined ? [bob, alice] : [alice, bob]
    expect(await due(db, other)).toEqual([])
    await endSession(db, holder)
    expect(await due(db, other)).toEqual([{ consumer: 'app:emails', organizationId: acme }])
    expect((await take(db, acme, other))?.events).toHaveLength(3)
  })

  test('whoever lost its session writes nothing', async () => {
    const { acme, alice, bob } = await given(db, 3)
    const lost = await take(db, acme, alice) as Stretch
    await endSession(db, alice)
    await take(db, acme, bob)
    expect(await settle(db, lost, alice, lost.readTo)).toBe(false)
    expect((await take(db, acme, bob))?.events).toHaveLength(3)
  })

  test('what was settled is not told again, and a beginning of a stretch counts', async () => {
    const { acme, alice } = await given(db, 3)
    const stretch = await take(db, acme, alice) as Stretch
    expect(await settle(db, stretch, alice, stretch.events[0]?.id as number, { isToGoOn: true })).toBe(true)
    expect(await settle(db, stretch, alice, stretch.events[1]?.id as number)).toBe(true)
    expect((await take(db, acme, alice))?.events.map(({ id }) => id)).toEqual([stretch.events[2]?.id])
  })

  test('a failed event waits with all behind it, and what is parked can be asked for again', async () => {
    const { acme, alice } = await given(db, 2)
    const stretch = await take(db, acme, alice) as Stretch
    const [first] = stretch.events
    await settle(db, stretch, alice, (first?.id as number) - 1, { attempts: 1, waitMs: 5_000 })
    expect(await due(db, alice)).toEqual([])
    db.clock.advance(5_000)
    expect(await take(db, acme, alice)).toMatchObject({ attempts: 1, events: [{ id: first?.id }, {}] })

    await settle(db, stretch, alice, stretch.readTo, { parked: [{ eventId: first?.id as number, attempts: 5, reason: 'no' }] })
    expect(await due(db, alice)).toEqual([])
    await replayConsumerDeadLetter(db, { organizationId: acme, consumer: 'app:emails', eventId: first?.id as number })
    expect(await take(db, acme, alice)).toMatchObject({ events: [], deadLetters: [{ id: first?.id, attempts: 5 }] })
    await settle(db, stretch, alice, stretch.readTo, { unparked: [first?.id as number] })
    expect(await listConsumerDeadLetters(db, { organizationId: acme, consumer: 'app:emails', before: undefined, limit: 9 })).toEqual([])
  })

  test('events of other types, and those sent as a test, are stepped over and hold nobody up', async () => {
    const { acme, alice } = await given(db, 0)
    await givenEvent(db, acme, { type: 'cart.updated' })
    await givenEvent(db, acme, { type: 'order.created', origin: 2 })
    expect(await take(db, acme, alice)).toMatchObject({ events: [], hasMore: false })
    expect(await due(db, alice)).toEqual([])
  })

  test('a handler that is new begins at the end of each stream, and at the beginning of one that is made later', async () => {
    const { acme, alice } = await given(db, 2)
    await beginHandlers(db, { names: ['app:new'] })
    expect(await due(db, alice, 'app:new')).toEqual([])
    const later = await givenOrganization(db, 'later')
    await givenEvent(db, later)
    await givenEvent(db, acme)
    await beginHandlers(db, { names: ['app:new'] })
    expect(await due(db, alice, 'app:new')).toHaveLength(2)
  })
})

async function given(db: TestDatabase, events: number) {
  const acme = await givenOrganization(db)
  await beginHandlers(db, { names: ['app:emails'] })
  for (let i = 0; i < events; i++) await givenEvent(db, acme)
  return { acme, alice: await beginSession(db, 'alice'), bob: await beginSession(db, 'bob') }
}

const due = (db: TestDatabase, session: string, name = 'app:emails') => dueHandlers(db, { names: [name], session, organizations: undefined, limit: 10 })

const take = (db: TestDatabase, organizationId: number, session: string) => takeStretch(db, { consumer: 'app:emails', organizationId, session, patterns: ['order.*'], limit: 50 })

const settle = (db: TestDatabase, { consumer, organizationId }: Stretch, session: string, readId: number, more: Partial<Parameters<typeof settleStretch>[1]> = {}) =>
  settleStretch(db, { consumer, organizationId, session, readId, attempts: 0, waitMs: 0, parked: [], unparked: [], isToGoOn: false, ...more })
