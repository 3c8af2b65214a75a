import { expect, test } from 'vitest'
import { sql } from '../storage/sql.js'
import { onEachDatabase, onPostgres, type TestDatabase } from '../testing/each-database.js'
import { deadlocksOf } from '../testing/deadlocks.js'
import { givenOrganization } from '../testing/given.js'
import { firstIdOfDay, msPerDay } from '../ids/id-days.js'
import { append } from './append.js'
import type { NewEvent } from './event.js'

const event = (db: TestDatabase, organizationId: number, more: Partial<NewEvent> = {}): NewEvent =>
  ({ organizationId, type: 'order.created', data: '{}', occurredAt: db.clock.now(), createdAt: db.clock.now(), origin: 0, bytes: 2, ...more })

const publish = (db: TestDatabase, events: readonly NewEvent[]) => db.transaction((tx) => append(tx, events))

onEachDatabase('appending', (db) => {
  test('ids grow in the order given, within the day', async () => {
    const acme = await givenOrganization(db)
    const ids = (await publish(db, [event(db, acme), event(db, acme)])).map((appended) => appended.kind === 'appended' ? appended.id : 0)
    expect(ids[0]).toBeGreaterThan(firstIdOfDay(db.clock.now()))
    expect(ids[1]).toBeGreaterThan(ids[0] as number)
    expect(await db.first(sql`select last_id from streams where organization_id = ${acme}`)).toEqual({ last_id: ids[1] })

    db.clock.advance(msPerDay)
    const [tomorrow] = await publish(db, [event(db, acme)])
    expect(tomorrow).toMatchObject({ kind: 'appended' })
    expect((tomorrow as { id: number }).id).toBeGreaterThan(firstIdOfDay(db.clock.now()))
  })

  test('the same publish is the same event, in one batch and in the next', async () => {
    const acme = await givenOrganization(db)
    const twice = event(db, acme, { givenId: 'order-1', keys: [{ key: 'i:order-1', digest: 'd' }] })
    const [first, second] = await publish(db, [twice, twice])
    const [third, other] = await publish(db, [twice, { ...twice, keys: [{ key: 'i:order-1', digest: 'another' }] }])
    const { id } = first as { id: number }
    expect([first, second, third, other]).toEqual([{ kind: 'appended', id }, { kind: 'repeated', id, givenId: 'order-1' }, { kind: 'repeated', id, givenId: 'order-1' }, { kind: 'key_conflict', key: 'i:order-1' }])
  })
})

onPostgres('appending side by side', (db) => {
  test('publishes that race under one key make one event', async () => {
    const acme = await givenOrganization(db)
    for (let round = 0; round < 20; round++) {
      const racing = event(db, acme, { keys: [{ key: `k:${round}`, digest: 'd' }] })
      const results = (await Promise.all(Array.from({ length: 4 }, () => publish(db, [racing])))).flat()
      expect(results.map((result) => result.kind).sort()).toEqual(['appended', 'repeated', 'repeated', 'repeated'])
      expect(new Set(results.map((result) => 'id' in result ? result.id : 0)).size).toBe(1)
    }
    expect(await db.first(sql`select count(*) as events from events`)).toEqual({ events: 20 })
  })

  test('batches over many organizations in any order never wait for each other crosswise', async () => {
    const organizations: number[] = []
    for (let n = 0; n < 20; n++) organizations.push(await givenOrganization(db, `org-${n}`))
    const before = await deadlocksOf(db)
    for (let round = 0; round < 50; round++) {
      await Promise.all(Array.from({ length: 4 }, (_, n) => publish(db, shuffled(organizations, round * 4 + n).map((id) => event(db, id)))))
    }
    expect(await deadlocksOf(db)).toBe(before)
    expect(await db.first(sql`select count(*) as events from events`)).toEqual({ events: 50 * 4 * 20 })
  })

  test('within an organization ids are in the order of the commits', async () => {
    const acme = await givenOrganization(db)
    const committed: number[] = []
    await Promise.all(Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 25; n++) {
        await db.transaction(async (tx) => {
          const [appended] = await append(tx, [event(db, acme)])
          committed.push((appended as { id: number }).id)
        })
      }
    }))
    expect(committed).toEqual([...committed].sort((a, b) => a - b))
  })

  test('nodes that meet at midnight raise the ids to the new day once', async () => {
    const organizations: number[] = []
    for (let n = 0; n < 8; n++) organizations.push(await givenOrganization(db, `org-${n}`))
    for (let day = 0; day < 5; day++) {
      db.clock.advance(msPerDay)
      const today = firstIdOfDay(db.clock.now())
      const results = await Promise.all(organizations.map((id) => publish(db, [event(db, id)])))
      const ids = results.flat().map((result) => (result as { id: number }).id)
      expect(new Set(ids).size).toBe(8)
      expect(Math.min(...ids)).toBeGreaterThan(today)
      expect(Math.max(...ids)).toBeLessThan(today + 100)
    }
  })
})

/** The same order for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = [...items]
  let state = seed * 2_654_435_761 + 1
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const j = state % (i + 1)
    ;[order[i], order[j]] = [order[j] as T, order[i] as T]
  }
  return order
}
