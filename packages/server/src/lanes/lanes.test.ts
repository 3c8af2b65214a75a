import { expect, test } from 'vitest'
import { sql, type Sql } from '../storage/sql.js'
import { onEachDatabase, onPostgres, type TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { LaneSearch } from './lane-search.js'
import { findFreeLanes, lookAtLanes, releaseLanes, takeLanes, wokenLanes } from './lanes.js'
import { beginSession } from './sessions.js'

const { waiting } = deliveryStates

async function givenLanesWithDueWork(db: TestDatabase, count: number): Promise<{ acme: number; lanes: number[] }> {
  const acme = await givenOrganization(db)
  const lanes: number[] = []
  for (let n = 0; n < count; n++) lanes.push(await givenEndpoint(db, acme))
  await db.run(sql`update lanes set wake_at = ${db.now}`)
  return { acme, lanes }
}

/** An organization with so many lanes, by one statement. */
async function givenManyLanes(db: TestDatabase, name: string, count: number): Promise<Set<number>> {
  const acme = await givenOrganization(db, name)
  const ids = Array.from({ length: count }, (_, n) => acme * 100_000 + n)
  await db.run(sql`insert into lanes (endpoint_id, organization_id) select r.id, ${acme} from ${db.rows(ids.map((id) => [id]), ['id int'])} as r`)
  return new Set(ids)
}

const laneOf = (db: TestDatabase, id: number) => db.first<{ session: string | null; wake_at: number | null }>(sql`select session, wake_at from lanes where endpoint_id = ${id}`)

onEachDatabase('taking lanes', (db) => {
  test('no more than asked for, those that have waited longest first', async () => {
    const { lanes } = await givenLanesWithDueWork(db, 3)
    await db.run(sql`update lanes set wake_at = wake_at - 1000 where endpoint_id = ${lanes[1] as number}`)
    const alice = await beginSession(db, 'alice')
    expect(await takeLanes(db, alice, 1)).toEqual([lanes[1]])
    expect((await takeLanes(db, alice, 5)).sort()).toEqual([lanes[0], lanes[2]].sort())
    expect(await takeLanes(db, alice, 5)).toEqual([])
  })

  test('where more are due than can be taken, every organization has its turn: whoever has thousands makes nobody wait', async () => {
    const big = await givenManyLanes(db, 'big', 20_000)
    await db.run(sql`update lanes set wake_at = ${db.now} - 60000`)
    const small = [...await givenManyLanes(db, 'small', 1), ...await givenManyLanes(db, 'tiny', 2)]
    await db.run(sql`update lanes set wake_at = ${db.now} - 1 where wake_at is null`)
    const alice = await beginSession(db, 'alice')
    const taken = await takeLanes(db, alice, 500)
    expect(taken).toHaveLength(500)
    expect(taken).toEqual(expect.arrayContaining(small))
    expect(taken.filter((lane) => big.has(lane))).toHaveLength(497)
  })

  test('lanes of other nodes\' organizations are left to them, but not for long', async () => {
    const [ours] = (await givenLanesWithDueWork(db, 1)).lanes as [number]
    const [theirs] = [...await givenManyLanes(db, 'globex', 1)] as [number]
    await db.run(sql`update lanes set wake_at = ${db.now} where endpoint_id = ${theirs}`)
    const { organization_id: id } = await db.first<{ organization_id: number }>(sql`select organization_id from lanes where endpoint_id = ${ours}`) as { organization_id: number }
    const slices = { of: 128, ours: [id % 128] }
    const alice = await beginSession(db, 'alice')
    expect(await takeLanes(db, alice, 5, { slices })).toEqual([ours])
    expect((await findFreeLanes(db, { slices })).isDue).toBe(false)
    db.clock.advance(1_000)
    expect((await findFreeLanes(db, { slices })).isDue).toBe(true)
    expect(await takeLanes(db, alice, 5, { slices })).toEqual([theirs])
  })

  test('turns go on behind the last, take by take, until all had theirs', async () => {
    const search = new LaneSearch()
    const lanes: number[] = []
    for (let n = 0; n < 12; n++) lanes.push(...await givenManyLanes(db, `org${n}`, 10))
    await db.run(sql`update lanes set wake_at = ${db.now}`)
    const alice = await beginSession(db, 'alice')
    const organizations = new Set<number>()
    for (let n = 0; n < 6; n++) {
      const taken = await takeLanes(db, alice, 16, { search })
      for (const row of await db.all<{ organization_id: number }>(sql`select organization_id from lanes where endpoint_id in (select id from ${db.rows(taken.slice(0, 8).map((id) => [id]), ['id int'])} as r)`)) organizations.add(row.organization_id)
    }
    expect(organizations.size, 'two organizations by turns with each take').toBe(12)
  })

  test('organizations that are passed over keep their lanes until they are not; of the others some are taken, and nothing due is lost sight of', async () => {
    const search = new LaneSearch()
    const [big, small] = [await givenManyLanes(db, 'big', 30), await givenManyLanes(db, 'small', 3)]
    await db.run(sql`update lanes set wake_at = ${db.now}`)
    const alice = await beginSession(db, 'alice')
    const { organization_id: passed } = await db.first<{ organization_id: number }>(sql`select organization_id from lanes where endpoint_id = ${[...big][0] as number}`) as { organization_id: number }
    expect((await takeLanes(db, alice, 16, { search, passOver: [passed] })).sort()).toEqual([...small].sort())
    expect(await takeLanes(db, alice, 16, { search, passOver: [passed] })).toEqual([])
    db.clock.advance(10_000)
    expect(await takeLanes(db, alice, 64, { search })).toHaveLength(big.size)
  })

  test('a search begins near where the last one ended, and finds what was written late', async () => {
    const search = new LaneSearch()
    const { lanes } = await givenLanesWithDueWork(db, 2)
    const alice = await beginSession(db, 'alice')
    expect(await takeLanes(db, alice, 5, { search })).toHaveLength(2)
    db.clock.advance(4_000)
    await db.run(sql`update lanes set session = null, wake_at = ${db.now} - 4000 where endpoint_id = ${lanes[0] as number}`)
    expect((await findFreeLanes(db, { search })).isDue).toBe(true)
    expect(await takeLanes(db, alice, 5, { search })).toEqual([lanes[0]])
    // Nobody writes that far back; should it be, once a minute all is looked through.
    await db.run(sql`update lanes set session = null, wake_at = 1 where endpoint_id = ${lanes[0] as number}`)
    expect(await takeLanes(db, alice, 5, { search })).toEqual([])
    db.clock.advance(60_000)
    expect((await findFreeLanes(db, { search })).isDue).toBe(false)
    expect((await findFreeLanes(db, { search })).isDue).toBe(true)
    expect(await takeLanes(db, alice, 5, { search })).toEqual([lanes[0]])
  })

  test('whoever looks for free lanes learns when the next one falls due', async () => {
    const { lanes: [first = 0, second = 0] } = await givenLanesWithDueWork(db, 2)
    expect(await findFreeLanes(db)).toEqual({ isDue: true, nextAt: null })
    const in5s = (await db.first<{ at: number }>(sql`select ${db.now} + 5000 as at`) as { at: number }).at
    await db.run(sql`update lanes set wake_at = ${in5s} where endpoint_id = ${first}`)
    expect(await findFreeLanes(db)).toEqual({ isDue: true, nextAt: in5s })
    await db.run(sql`update lanes set wake_at = null where endpoint_id = ${second}`)
    expect(await findFreeLanes(db)).toEqual({ isDue: false, nextAt: in5s })
    db.clock.advance(5_000)
    expect(await findFreeLanes(db)).toEqual({ isDue: true, nextAt: null })
  })

  test('a lane that is let go of with work overdue is due now', async () => {
    const { acme, lanes: [lane = 0] } = await givenLanesWithDueWork(db, 1)
    const alice = await beginSession(db, 'alice')
    await takeLanes(db, alice, 1)
    await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: lane, state: waiting })
    db.clock.advance(90_000)
    await db.transaction((tx) => releaseLanes(tx, alice, [lane]))
    expect(await laneOf(db, lane)).toEqual({ session: null, wake_at: db.clock.now() })
  })

  test('what is not due yet is left alone', async () => {
    await givenLanesWithDueWork(db, 1)
    await db.run(sql`update lanes set wake_at = wake_at + 1`)
    const alice = await beginSession(db, 'alice')
    expect(await takeLanes(db, alice, 5)).toEqual([])
    db.clock.advance(1)
    expect(await takeLanes(db, alice, 5)).toHaveLength(1)
  })

  test('two sessions never own the same lane', async () => {
    await givenLanesWithDueWork(db, 20)
    const sessions = [await beginSession(db, 'alice'), await beginSession(db, 'bob')]
    const taken: number[] = []
    while (taken.length < 20) for (const lanes of await oneEach(db, sessions, (session) => takeLanes(db, session, 3))) taken.push(...lanes)
    expect(taken).toHaveLength(20)
    expect(new Set(taken).size).toBe(20)
  })

  test('a session that has ended takes nothing', async () => {
    await givenLanesWithDueWork(db, 1)
    const alice = await beginSession(db, 'alice')
    await beginSession(db, 'alice')
    await expect(takeLanes(db, alice, 5)).rejects.toThrow(/session .* has ended/)
  })
})

onPostgres('lanes between nodes', (db) => {
  test('who looks clears the mark before reading, so what is written meanwhile is seen at the next look', async () => {
    const { acme, lanes: [lane = 0] } = await givenLanesWithDueWork(db, 1)
    const alice = await beginSession(db, 'alice')
    await takeLanes(db, alice, 1)
    const eventId = await givenEvent(db, acme)

    // Another node's dispatch: its delivery and the mark become visible together, while the owner looks.
    let look: Promise<unknown> = Promise.resolve()
    await db.transaction(async (tx) => {
      await tx.run(sql`
        insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
        values (${eventId}, ${lane}, ${acme}, ${waiting}, 0, 0, 1, 0, ${db.now}, ${db.now})`)
      await tx.run(sql`update lanes set wake_at = ${db.now} where endpoint_id = ${lane}`)
      look = lookAtLanes(db, alice, [{ endpointId: lane, ordered: false, limit: 10 }])
      await aMoment()
    })
    expect(await look).toMatchObject({ looks: [{ deliveries: [{ eventId }] }] })
    expect(await wokenLanes(db, alice)).toEqual([])
  })

  test('who lets go waits for whoever writes to the lane, and leaves the time of what that one made', async () => {
    const { acme, lanes: [lane = 0] } = await givenLanesWithDueWork(db, 1)
    const alice = await beginSession(db, 'alice')
    await takeLanes(db, alice, 1)
    await db.run(sql`update lanes set wake_at = null`)
    const eventId = await givenEvent(db, acme)

    let release: Promise<unknown> = Promise.resolve()
    await db.transaction(async (tx) => {
      await tx.run(sql`
        insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
        values (${eventId}, ${lane}, ${acme}, ${waiting}, 0, 0, 1, 0, ${db.now}, ${db.now})`)
      await tx.run(sql`update lanes set wake_at = ${db.now} where endpoint_id = ${lane}`)
      release = db.transaction((own) => releaseLanes(own, alice, [lane]))
      await aMoment()
    })
    await release
    expect(await laneOf(db, lane)).toEqual({ session: null, wake_at: db.clock.now() })
  })

  test('taking steps over lanes that another transaction holds, instead of waiting', async () => {
    const { lanes } = await givenLanesWithDueWork(db, 2)
    const alice = await beginSession(db, 'alice')
    await db.transaction(async (tx) => {
      await tx.run(sql`update lanes set wake_at = ${db.now} where endpoint_id = ${lanes[0] as number}`)
      expect(await takeLanes(db, alice, 5)).toEqual([lanes[1]])
    })
    expect(await takeLanes(db, alice, 5)).toEqual([lanes[0]])
  })

  test('of a lane with a long backlog little more is read than asked for, also where lanes hold little on the average', async () => {
    const { acme, lanes: [lane] } = await givenLanesWithDueWork(db, 1) as { acme: number; lanes: [number] }
    const first = await givenEvent(db, acme)
    const make = (events: number, endpoint: Sql): Promise<unknown> => db.run(sql`
      insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
      select ${first} + s.n, ${endpoint}, ${acme}, 1, 0, 0, 1, 0, 1000 + s.n / 200, 0 from generate_series(1, ${events}::bigint) as s (n)`)
    await make(40_000, sql`100 + s.n % 4000`)
    await make(20_000, sql`${lane}::bigint`)
    await db.first(sql`select setval('event_ids', ${first + 40_000})`)
    await db.run(sql`analyze deliveries`)
    const alice = await beginSession(db, 'alice')
    await takeLanes(db, alice, 1)
    await db.transaction(async (tx) => {
      // As it is planned for good, once it was asked a few times.
      await tx.run(sql`set local plan_cache_mode = force_generic_plan`)
      const { looks: [look] } = await lookAtLanes(tx, alice, [{ endpointId: lane, ordered: false, limit: 50 }])
      expect(look?.deliveries.map(({ eventId }) => eventId)).toEqual(Array.from({ length: 50 }, (_, n) => first + n + 1))
      const { read } = await tx.first<{ read: number }>(sql`select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) as read from pg_stat_xact_user_tables where relname like 'deliveries%'`) as { read: number }
      expect(read).toBeGreaterThanOrEqual(50)
      expect(read).toBeLessThan(1_000)
    })
  })

  test('no lane is ever given twice, however many take at once', async () => {
    const { acme, lanes } = await givenLanesWithDueWork(db, 100)
    const eventId = await givenEvent(db, acme)
    for (const endpointId of lanes) await givenDelivery(db, acme, { eventId, endpointId, state: waiting })
    const sessions = await Promise.all(['a', 'b', 'c', 'd'].map((node) => beginSession(db, node)))
    for (let round = 0; round < 10; round++) {
      const taken = (await Promise.all(sessions.flatMap((session) => [takeLanes(db, session, 20), takeLanes(db, session, 20)]))).flat()
      expect(new Set(taken).size).toBe(taken.length)
      await db.run(sql`update lanes set session = null`)
    }
  })
})

/** All at once where the database has many writers, else one after the other. */
async function oneEach<T>(db: TestDatabase, sessions: readonly string[], work: (session: string) => Promise<T>): Promise<T[]> {
  if (db.dialect === 'postgres') return Promise.all(sessions.map(work))
  const results: T[] = []
  for (const session of sessions) results.push(await work(session))
  return results
}

/** Long enough for another connection to come to where it has to wait. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100))
}
