import { expect, test } from 'vitest'
import { beginSession, fenceDeadSessions, sessionMs } from '../lanes/sessions.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, onPostgres, type TestDatabase } from '../testing/each-database.js'
import { givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'
import { dispatch, type Dispatched } from './dispatch.js'
import { nothingAppended, type JustAppended } from './just-appended.js'
import { Subscribers } from './subscribers.js'

/** A node's side of dispatch: its session, and what it remembers of endpoints. */
async function givenNode(db: TestDatabase, node: string) {
  const session = await beginSession(db, node)
  const subscribers = new Subscribers()
  return {
    session,
    dispatch: (organizations: readonly number[], { limit = 1_000, deliveries = 1_000, room = 1_000, fullLanes = [] as readonly number[], appended = nothingAppended } = {}): Promise<Dispatched> =>
      db.transaction((tx) => dispatch(tx, { session, organizations, limit, deliveries, room, fullLanes }, subscribers, appended)),
  }
}

async function givenAcme(db: TestDatabase, endpoints = 2): Promise<{ acme: number; lanes: number[] }> {
  await db.run(sql`insert into formats (name, digest, definition) values ('standard', 'd', '{}')`)
  const acme = await givenOrganization(db)
  const lanes: number[] = []
  for (let n = 0; n < endpoints; n++) lanes.push(await givenEndpoint(db, acme))
  return { acme, lanes }
}

/** As if this node had appended them itself. */
const known = (organizationId: number, before: number, ...ids: number[]): JustAppended => ({
  events: ids.map((id) => ({ id, organizationId, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0, onlyEndpointId: null })),
  lastIdsBefore: new Map([[organizationId, before]]),
})

const deliveries = (db: TestDatabase) => db.all<{ event_id: number; endpoint_id: number; state: number; due_at: number }>(sql`select event_id, endpoint_id, state, due_at from deliveries order by event_id, endpoint_id`)
const marks = async (db: TestDatabase) => (await db.all<{ wake_at: number | null }>(sql`select wake_at from lanes order by endpoint_id`)).map((row) => row.wake_at)

onEachDatabase('dispatch', (db) => {
  test('makes one delivery for each endpoint and event, and never again', async () => {
    const { acme, lanes } = await givenAcme(db)
    const events = [await givenEvent(db, acme), await givenEvent(db, acme)]
    const node = await givenNode(db, 'alice')
    expect(await node.dispatch([acme])).toMatchObject({ count: 4, behind: [], skipped: [] })
    expect(await node.dispatch([acme])).toMatchObject({ count: 0 })
    expect((await deliveries(db)).map((row) => [row.event_id, row.endpoint_id])).toEqual(events.flatMap((id) => lanes.map((lane) => [id, lane])))
  })

  test('is due by the database\'s clock', async () => {
    const { acme } = await givenAcme(db, 1)
    await givenEvent(db, acme)
    db.clock.advance(5_000)
    await (await givenNode(db, 'alice')).dispatch([acme])
    expect((await deliveries(db))[0]?.due_at).toBe(db.clock.now())
  })

  test('hands over on lanes that are free or its own, and takes the free ones', async () => {
    const { acme, lanes } = await givenAcme(db)
    await givenEvent(db, acme)
    const node = await givenNode(db, 'alice')
    const dispatched = await node.dispatch([acme])
    expect(dispatched.takenLanes).toEqual(lanes)
    expect(dispatched.handed).toHaveLength(2)
    expect(await db.all(sql`select distinct session from lanes`)).toEqual([{ session: node.session }])
    expect((await deliveries(db)).map((row) => row.state)).toEqual([0, 0])
  })

  test('another node\'s lane is woken instead, whatever its mark was', async () => {
    const { acme } = await givenAcme(db, 1)
    const alice = await givenNode(db, 'alice')
    const bob = await givenNode(db, 'bob')
    await givenEvent(db, acme)
    await alice.dispatch([acme])
    for (let n = 0; n < 2; n++) {
      await givenEvent(db, acme)
      db.clock.advance(1_000)
      expect(await bob.dispatch([acme])).toMatchObject({ handed: [], takenLanes: [], woken: true })
      expect(await marks(db)).toEqual([db.clock.now()])
    }
    expect((await deliveries(db)).map((row) => row.state)).toEqual([0, 1, 1])
  })

  test('nothing is handed over on a lane that has something unseen: it would overtake', async () => {
    const { acme } = await givenAcme(db, 1)
    const alice = await givenNode(db, 'alice')
    const bob = await givenNode(db, 'bob')
    await givenEvent(db, acme)
    await alice.dispatch([acme])
    await givenEvent(db, acme)
    await bob.dispatch([acme])
    await givenEvent(db, acme)
    expect(await alice.dispatch([acme])).toMatchObject({ handed: [], woken: true })
  })

  test('what memory has no room for waits, and everything after it on that lane', async () => {
    const { acme } = await givenAcme(db, 1)
    for (let n = 0; n < 3; n++) await givenEvent(db, acme)
    expect((await (await givenNode(db, 'alice')).dispatch([acme], { room: 1 })).handed).toHaveLength(1)
    expect((await deliveries(db)).map((row) => row.state)).toEqual([0, 1, 1])
    expect(await marks(db)).toEqual([db.clock.now()])
  })

  test('what follows the cursor and was just appended is not read; what somebody else appended after it is for the next time', async () => {
    const { acme } = await givenAcme(db, 1)
    const ours = [await givenEvent(db, acme), await givenEvent(db, acme)]
    const others = await givenEvent(db, acme)
    const node = await givenNode(db, 'alice')
    const first = await node.dispatch([acme], { appended: known(acme, 0, ...ours) })
    expect(first).toMatchObject({ count: 2, events: [], behind: [acme] })
    expect(first.handed.map(({ eventId }) => eventId)).toEqual(ours)
    const second = await node.dispatch([acme], { appended: known(acme, 0, ...ours) })
    expect(second).toMatchObject({ count: 1, events: [{ id: others }], behind: [] })
  })

  test('where somebody else\'s comes before it, all is read, in the stream\'s order', async () => {
    const { acme } = await givenAcme(db, 1)
    const [others, ours] = [await givenEvent(db, acme), await givenEvent(db, acme)]
    const dispatched = await (await givenNode(db, 'alice')).dispatch([acme], { appended: known(acme, others, ours) })
    expect(dispatched).toMatchObject({ count: 2, events: [{ id: others }, { id: ours }], behind: [] })
    expect(dispatched.handed.map(({ eventId }) => eventId)).toEqual([others, ours])
  })

  test('what another has dispatched of it meanwhile is not handed over again', async () => {
    const { acme } = await givenAcme(db, 1)
    const first = await givenEvent(db, acme)
    await (await givenNode(db, 'bob')).dispatch([acme], { room: 0 })
    const second = await givenEvent(db, acme)
    const dispatched = await (await givenNode(db, 'alice')).dispatch([acme], { appended: known(acme, 0, first, second) })
    expect(dispatched.count).toBe(1)
    expect((await deliveries(db)).map((row) => row.event_id)).toEqual([first, second])
    expect(dispatched.handed.map(({ eventId }) => eventId)).not.toContain(first)
  })

  test('a session that has ended dispatches nothing', async () => {
    const { acme } = await givenAcme(db, 1)
    await givenEvent(db, acme)
    const alice = await givenNode(db, 'alice')
    await givenNode(db, 'alice')
    await expect(alice.dispatch([acme])).rejects.toThrow(/session .* has ended/)
    expect(await deliveries(db)).toEqual([])
  })

  test('makes only so many deliveries at once, those of one event together, and the rest the next time', async () => {
    const { acme } = await givenAcme(db, 3)
    const events = [await givenEvent(db, acme), await givenEvent(db, acme), await givenEvent(db, acme)]
    const node = await givenNode(db, 'alice')
    const eventsOf = async (): Promise<number[]> => (await deliveries(db)).map((row) => row.event_id)
    expect(await node.dispatch([acme], { deliveries: 7 })).toMatchObject({ count: 6, behind: [acme] })
    expect(new Set(await eventsOf())).toEqual(new Set(events.slice(0, 2)))
    expect(await node.dispatch([acme], { deliveries: 2 })).toMatchObject({ count: 3, behind: [] })
    expect(new Set(await eventsOf())).toEqual(new Set(events))
  })
})

onPostgres('dispatch by two nodes', (db) => {
  test('of the same organizations at once makes each delivery once, and leaves none out', async () => {
    const { acme } = await givenAcme(db, 3)
    const nodes = [await givenNode(db, 'alice'), await givenNode(db, 'bob')]
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 5; n++) await givenEvent(db, acme)
      const dispatched = await Promise.all(nodes.map((node) => node.dispatch([acme])))
      const again = [...new Set(dispatched.flatMap((result) => [...result.skipped, ...result.behind]))]
      expect(dispatched.reduce((sum, result) => sum + result.count, 0)).toBe(15)
      if (again.length > 0) expect((await (nodes[0] as typeof nodes[number]).dispatch(again)).count).toBe(0)
    }
    expect(await deliveries(db)).toHaveLength(20 * 5 * 3)
  })

  test('an organization that another node holds is stepped over, and told of as long as something may be unseen', async () => {
    const { acme } = await givenAcme(db, 1)
    const bob = await givenNode(db, 'bob')
    await db.transaction(async (tx) => {
      await tx.first(sql`select * from cursors where organization_id = ${acme} for update`)
      await givenEvent(db, acme)
      expect(await bob.dispatch([acme])).toMatchObject({ count: 0, skipped: [acme] })
    })
    expect(await bob.dispatch([acme])).toMatchObject({ count: 1, skipped: [] })
    expect(await bob.dispatch([acme])).toMatchObject({ count: 0, skipped: [] })
  })

  test('a node is not fenced while it dispatches, so what it takes is its own', async () => {
    const { acme } = await givenAcme(db, 1)
    await givenEvent(db, acme)
    const alice = await givenNode(db, 'alice')
    db.clock.advance(sessionMs + 1)
    await db.transaction(async (tx) => {
      expect(await dispatch(tx, { session: alice.session, organizations: [acme], limit: 10, deliveries: 10, room: 10, fullLanes: [] }, new Subscribers())).toMatchObject({ count: 1 })
      expect(await fenceDeadSessions(db)).toBe(0)
    })
    expect(await fenceDeadSessions(db)).toBe(1)
    expect(await deliveries(db)).toMatchObject([{ state: 1 }])
    expect(await marks(db)).toEqual([db.clock.now()])
  })

  test('makes only so many deliveries at once, those of one event together, and the rest the next time', async () => {
    const { acme } = await givenAcme(db, 3)
    const events = [await givenEvent(db, acme), await givenEvent(db, acme), await givenEvent(db, acme)]
    const node = await givenNode(db, 'alice')
    const eventsOf = async (): Promise<number[]> => (await deliveries(db)).map((row) => row.event_id)
    expect(await node.dispatch([acme], { deliveries: 7 })).toMatchObject({ count: 6, behind: [acme] })
    expect(new Set(await eventsOf())).toEqual(new Set(events.slice(0, 2)))
    expect(await node.dispatch([acme], { deliveries: 2 })).toMatchObject({ count: 3, behind: [] })
    expect(new Set(await eventsOf())).toEqual(new Set(events))
  })
})
