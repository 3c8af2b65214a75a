import { expect, test } from 'vitest'
import { sql } from '../storage/sql.js'
import { onEachDatabase } from '../testing/each-database.js'
import { idsPerDay } from './id-days.js'
import { deliveriesOfEndpoint, eventsOfOrganization, type WantedIds } from './ids-of-owner.js'
import type { Column } from '../storage/database.js'

const columns: readonly Column[] = ['id int', 'organization_id int', 'type text']
const everything = { from: 0, below: Number.MAX_SAFE_INTEGER, order: 'newest first' as const, limit: 1_000 }

// Owner 1 has every third event of two days, owner 2 one in the first block and one in the last, owner 3 none.
const day = 20_000 * idsPerDay
const rows = Array.from({ length: 9_000 }, (_, i): [number, number, string] => [
  (i < 4_500 ? day : day + 3 * idsPerDay) + i, i === 7 || i === 8_990 ? 2 : i % 3 === 0 ? 1 : 4, i % 2 === 0 ? 'even' : 'odd',
])

onEachDatabase('the ids of an owner', (db) => {
  const given = async (): Promise<void> => {
    await db.run(sql`
      insert into events (id, organization_id, type, data, occurred_at, created_at, origin)
      select id, organization_id, type, '{}', 0, 0, 0 from ${db.rows(rows, columns)} as r`)
    await db.run(sql`
      insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
      select id, organization_id, 1, 2, 1, 1, 1, 0, 0, 0 from ${db.rows(rows, columns)} as r`)
  }

  /** What the statements give, checked against a plain filter of what was written. */
  const check = async (wanted: WantedIds, type?: string): Promise<number[]> => {
    const all = rows.filter(([id, owner, itsType]) => owner === wanted.owner && id >= wanted.from && id < wanted.below && (type === undefined || itsType === type)).map(([id]) => id)
    const expected = (wanted.order === 'newest first' ? all.toReversed() : all).slice(0, wanted.limit)
    const events = await db.all<{ id: number }>(eventsOfOrganization(db, { ...wanted, matching: type === undefined ? undefined : sql`type = ${type}` }))
    expect(events.map(({ id }) => id)).toEqual(expected)
    if (type === undefined) expect((await db.all<{ id: number }>(deliveriesOfEndpoint(db, wanted))).map(({ id }) => id)).toEqual(expected)
    return expected
  }

  test('come in order, over blocks and over days, and no more than asked for', async () => {
    await given()
    for (const order of ['newest first', 'oldest first'] as const) {
      for (const limit of [1, 50, 342, 5_000]) await check({ ...everything, owner: 1, order, limit })
    }
  })

  test('are found wherever they lie, and their absence too', async () => {
    await given()
    for (const order of ['newest first', 'oldest first'] as const) {
      expect(await check({ ...everything, owner: 2, order })).toHaveLength(2)
      expect(await check({ ...everything, owner: 3, order })).toEqual([])
    }
  })

  test('lie within their bounds, at whatever place of a block these fall', async () => {
    await given()
    const ids = rows.map(([id]) => id)
    for (const [from, below] of [[0, 1], [6, 9], [1_000, 1_100], [1_024, 2_048], [4_400, 4_600], [8_989, 8_999], [4_499, 4_500]] as const) {
      for (const order of ['newest first', 'oldest first'] as const) {
        for (const owner of [1, 2]) await check({ owner, order, from: ids[from] as number, below: ids[below] as number, limit: 20 })
      }
    }
    expect(await check({ ...everything, owner: 1, from: 5, below: 5 })).toEqual([])
    expect(await check({ ...everything, owner: 1, from: day + idsPerDay, below: day + 2 * idsPerDay })).toEqual([])
  })

  test('may have to match more', async () => {
    await given()
    for (const order of ['newest first', 'oldest first'] as const) await check({ ...everything, owner: 1, order, limit: 400 }, 'odd')
    expect(await check({ ...everything, owner: 2 }, 'even')).toHaveLength(1)
  })
})
