import { expect, test } from 'vitest'
import { listEvents, type EventFilter } from './list-events.js'
import { eventId } from '../ids/public-id.js'
import { onEachDatabase } from '../testing/each-database.js'
import { givenEndpoint, givenEvent, givenManyDeliveries, givenOrganization } from '../testing/given.js'
import { scannedTables, watch } from '../testing/watched-database.js'
import type { Database } from '../storage/database.js'

onEachDatabase('listing events', (db) => {
  test('newest first, page by page, by type, by time and by id', async () => {
    const acme = await givenOrganization(db)
    const times: number[] = []
    const ids: number[] = []
    for (const type of ['order.created', 'order.paid', 'invoice.paid', 'order.created']) {
      times.push(db.clock.now())
      ids.push(await givenEvent(db, acme, { type, ...(type === 'invoice.paid' && { givenId: 'invoice-7' }) }))
      db.clock.advance(60_000)
    }
    const found = async (filter: EventFilter) => (await all(db, { organizationId: acme, ...filter }, 2)).map((id) => ids.indexOf(id))
    expect(await found({})).toEqual([3, 2, 1, 0])
    expect(await found({ type: 'order.created' })).toEqual([3, 0])
    expect(await found({ type: 'order.*' })).toEqual([3, 1, 0])
    expect(await found({ from: times[1], to: times[3] })).toEqual([2, 1])
    expect(await found({ id: 'invoice-7' })).toEqual([2])
    expect(await found({ id: eventId(ids[0] as number) })).toEqual([0])
    expect(await found({ id: 'invoice-7', type: 'order.*' })).toEqual([])
    expect(await found({ id: 'no-such-event' })).toEqual([])
  })

  test('another organization\'s are not there, and the operator sees all of them', async () => {
    const acme = await givenOrganization(db)
    const other = await givenOrganization(db, 'other')
    const ids = [await givenEvent(db, acme), await givenEvent(db, other), await givenEvent(db, acme)]
    expect(await all(db, { organizationId: other }, 2)).toEqual([ids[1]])
    expect(await all(db, {}, 2)).toEqual([...ids].reverse())
    expect((await listEvents(db, { limit: 5 })).events.map(({ organization }) => organization)).toEqual(['acme', 'other', 'acme'])
    expect((await all(db, { from: db.clock.now() }, 2))).toHaveLength(3)
    expect((await all(db, { to: db.clock.now() }, 2))).toEqual([])
  })

  test('an id is looked for in every organization, since each publisher brings ids of its own', async () => {
    const acme = await givenOrganization(db)
    const other = await givenOrganization(db, 'other')
    const [first, second] = [await givenEvent(db, acme, { givenId: 'order-1' }), await givenEvent(db, other, { givenId: 'order-1', type: 'order.paid' })]
    const own = await givenEvent(db, other)
    expect(await all(db, { id: 'order-1' }, 1)).toEqual([second, first])
    expect(await all(db, { id: 'order-1', type: 'order.paid' }, 5)).toEqual([second])
    expect(await all(db, { id: 'order-1', to: 1 }, 5)).toEqual([])
    expect(await all(db, { id: eventId(own) }, 5)).toEqual([own])
    // One that was brought is not found by the number that we gave it.
    expect(await all(db, { id: eventId(first) }, 5)).toEqual([])
  })

  test('a rare type is found behind short pages, none of which reads without a bound', async () => {
    const acme = await givenOrganization(db)
    const rare = await givenEvent(db, acme, { type: 'rare.one' })
    await givenManyDeliveries(db, acme, await givenEndpoint(db, acme), { number: 15_000, state: 2 })
    const watched = watch(db)
    expect(await listEvents(watched.database, { organizationId: acme, type: 'rare.one', limit: 50 })).toEqual({ events: [], next: expect.any(Number) })
    expect(watched.rowsRead).toBeLessThan(13_000)
    expect(await all(db, { organizationId: acme, type: 'rare.*' }, 50)).toEqual([rare])
  })

  test.runIf(db.dialect === 'sqlite')('no question makes it scan a whole table', async () => {
    const acme = await givenOrganization(db)
    const watched = watch(db, { explain: true })
    for (const organizationId of [acme, undefined]) {
      for (const id of ['x', undefined]) if (organizationId !== undefined || id === undefined) await listEvents(watched.database, { organizationId, from: 1, to: db.clock.now(), id, before: 5, limit: 3 })
    }
    expect(scannedTables(watched.plans)).toEqual([])
    // An id of anybody's costs a look for each organization, and none for what they have published.
    const ofAll = watch(db, { explain: true })
    await listEvents(ofAll.database, { id: 'x', limit: 3 })
    expect(scannedTables(ofAll.plans)).toEqual(['o'])
  })
})

async function all(db: Database, filter: EventFilter, limit: number): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  do {
    const page = await listEvents(db, { ...filter, before, limit })
    found.push(...page.events.map(({ id }) => id))
    before = page.next ?? undefined
  } while (before !== undefined)
  return found
}
