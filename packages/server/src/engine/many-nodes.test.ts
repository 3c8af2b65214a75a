import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sql } from '../storage/sql.js'
import { deadlocksOf } from '../testing/deadlocks.js'
import { onPostgres } from '../testing/each-database.js'
import { eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { givenEvent, givenOrganization } from '../testing/given.js'
import { RunningNode, shown } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'
import { systemClock } from './clock.js'

onPostgres('several nodes on one database', (db) => {
  let sink: Sink
  let nodes: RunningNode[]
  beforeEach(async () => {
    sink = await Sink.start()
    nodes = await Promise.all(['alice', 'bob', 'carol'].map((name) => RunningNode.start(db, systemClock(), { name })))
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
