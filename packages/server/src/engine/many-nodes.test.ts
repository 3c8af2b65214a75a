import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sql } from '../storage/sql.js'
import { deadlocksOf } from '../testing/deadlocks.js'
import { onPostgres } from '../testing/each-database.js'
import { eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { givenEvent, givenOrganization } from '../testing/given.js'
import { RunningNode, shown, type RunningNodeOptions } from '../testing/running-node.js'
import { InProcessWakeup } from '../wakeup/in-process-wakeup.js'
import { Sink } from '../testing/sink.js'
import { systemClock } from '../time/clock.js'

onPostgres('several nodes on one database', (db) => {
  let sink: Sink
  let nodes: RunningNode[]
  beforeEach(async () => {
    sink = await Sink.start()
    const wakeup = new InProcessWakeup()
    nodes = await Promise.all(['alice', 'bob', 'carol'].map((name) => RunningNode.start(db, systemClock(), { name, wakeup })))
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await sink.stop()
    expect(nodes.flatMap((node) => node.faults)).toEqual([])
  })

  test('any takes any request; each event reaches each endpoint once', async () => {
    const organizations: number[] = []
    for (let n = 0; n < 5; n++) {
      const name = `org-${n}`
      organizations.push(await givenOrganization(db, name))
      for (const path of ['/a', '/b']) await givenSinkEndpoint(db, organizations[n] as number, name, sink.url(`/${n}${path}`))
    }
    for (let round = 0; round < 20; round++) await Promise.all(nodes.flatMap((node) => organizations.map((id) => node.publish(id, 3))))
    await sink.until(1_800, 15_000)
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 1_800 }))
    expect(new Set(sink.received.map((request) => request.path + request.id)).size).toBe(1_800)
    expect(sink.received).toHaveLength(1_800)
  })

  test('what a node appended, or put into the outbox, and did not live to see through is sent by the others', async () => {
    const acme = await givenOrganization(db, 'acme')
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { eventTypes: ['*', 'posthorn.*'] })
    const eventId = await givenEvent(db, acme)
    await db.run(sql`insert into outbox (organization, type, data, origin, created_at) values ('acme', 'posthorn.delivery.dead', '{}', 4, ${db.now})`)
    const received = await sink.until(2)
    expect(received.map((request) => request.id)).toContain(shown([eventId])[0])
    expect(received.map((request) => (JSON.parse(request.body) as { type: string }).type).sort()).toEqual(['order.created', 'posthorn.delivery.dead'])
  })

  test('endpoints that fail and recover all the time never make two nodes wait for each other crosswise', async () => {
    const organizations: number[] = []
    for (let n = 0; n < 4; n++) {
      const name = `org-${n}`
      organizations.push(await givenOrganization(db, name))
      for (const path of ['/a', '/b', '/c']) await givenSinkEndpoint(db, organizations[n] as number, name, sink.url(`/${n}${path}`), { retryPolicy: '{"schedule":["0s","10ms","10ms","10ms","10ms","10ms","10ms","10ms"]}' })
    }
    let count = 0
    sink.answer = (_request, response) => { response.writeHead(count++ % 2 === 0 ? 500 : 200).end() }
    const before = await deadlocksOf(db)
    for (let round = 0; round < 15; round++) await Promise.all(nodes.flatMap((node) => organizations.map((id) => node.publish(id, 2))))
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state < 2`)).toEqual({ n: 0 }), 15_000)
    expect(await deadlocksOf(db)).toBe(before)
  })

  test('a node whose clocks say that its session may have run out sends nothing until it has renewed it', async () => {
    const acme = await givenOrganization(db, 'acme')
    await givenSinkEndpoint(db, acme, 'acme', sink.url())
    const [alice] = nodes as [RunningNode]
    await Promise.all(nodes.slice(1).map((node) => node.stop()))
    const wall = Date.now
    const slept = vi.spyOn(Date, 'now').mockImplementation(() => wall() + 20_000)
    try {
      await alice.publish(acme, 3)
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(sink.received).toHaveLength(0)
      await sink.until(3, 10_000)
    } finally {
      slept.mockRestore()
    }
  })
})

onPostgres('nodes that do only a part', (db) => {
  let sink: Sink
  const nodes: RunningNode[] = []
  beforeEach(async () => { sink = await Sink.start() })
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop()
    await sink.stop()
  })

  async function start(name: string, options: Omit<RunningNodeOptions, 'name'> = {}): Promise<RunningNode> {
    const node = await RunningNode.start(db, systemClock(), { name, ...options })
    nodes.push(node)
    return node
  }

  async function givenOrganizations(count: number): Promise<number[]> {
    const organizations: number[] = []
    for (let n = 0; n < count; n++) {
      organizations.push(await givenOrganization(db, `org-${n}`))
      await givenSinkEndpoint(db, organizations[n] as number, `org-${n}`, sink.url(`/${n}`))
    }
    return organizations
  }

  test('one that only appends leaves the rest to another, which hears of it at once', async () => {
    const [acme] = await givenOrganizations(1) as [number]
    const wakeup = new InProcessWakeup()
    const worker = await start('worker', { wakeup })
    const api = await start('api', { wakeup, dispatches: false, delivers: false })
    await eventually(async () => expect(await db.all(sql`select node from sessions`)).toHaveLength(2))
    const ids = await api.publish(acme, 3)
    expect((await sink.until(3)).map(({ id }) => id)).toEqual(shown(ids))
    await eventually(async () => expect([worker.attempts.length, api.attempts.length]).toEqual([3, 0]))
  })

  test('one that only dispatches leaves sending to another', async () => {
    const [acme] = await givenOrganizations(1) as [number]
    const wakeup = new InProcessWakeup()
    const dispatcher = await start('dispatcher', { wakeup, delivers: false })
    const deliverer = await start('deliverer', { wakeup, dispatches: false })
    await dispatcher.publish(acme, 3)
    await sink.until(3)
    await eventually(async () => expect([deliverer.attempts.length, dispatcher.attempts.length]).toEqual([3, 0]))
  })

  test('nodes that hear nothing of each other find everything all the same', async () => {
    const organizations = await givenOrganizations(6)
    const [alice, bob] = [await start('alice'), await start('bob')]
    for (const id of organizations) await Promise.all([alice.publish(id), bob.publish(id)])
    await sink.until(12, 10_000)
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 12 }))
    expect(sink.received).toHaveLength(12)
  })

  test('each organization settles with one node, so that what is dispatched is handed over in memory', async () => {
    const organizations = await givenOrganizations(12)
    const wakeup = new InProcessWakeup()
    const alice = await start('alice', { wakeup })
    for (const id of organizations) await alice.publish(id)
    await sink.until(12)
    const bob = await start('bob', { wakeup })
    const owners = async () => (await db.all<{ session: string | null }>(sql`select distinct session from lanes where session is not null`)).length
    let count = 12
    await eventually(async () => {
      for (const id of organizations) await Promise.all([alice.publish(id), bob.publish(id)])
      count += 24
      await sink.until(count)
      expect(await owners()).toBe(2)
    }, 10_000)
    expect(sink.received).toHaveLength(count)
    expect(bob.attempts.length).toBeGreaterThan(0)
  })

  test('what its node does not dispatch, because it hangs, another does', async () => {
    const organizations = await givenOrganizations(6)
    await db.run(sql`insert into sessions (token, node, alive_until, dispatches, delivers) values ('hangs', 'hangs', ${db.now} + 1000000000000, 1, 1)`)
    const alice = await start('alice')
    for (const id of organizations) await alice.publish(id)
    await sink.until(6, 10_000)
  })
})
