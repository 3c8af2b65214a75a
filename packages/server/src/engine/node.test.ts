import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../time/clock.js'
import { sql } from '../storage/sql.js'
import { deliveryStatesOf, eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { onEachDatabase, onPostgres } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { RunningNode, shown, testSecret } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'

onEachDatabase('a node', (db) => {
  let sink: Sink
  let node: RunningNode
  let acme: number
  beforeEach(async () => {
    sink = await Sink.start()
    acme = await givenOrganization(db, 'acme')
  })
  afterEach(async () => {
    await node.stop()
    await sink.stop()
    expect(node.faults).toEqual([])
  })

  test('sends a published event once, signed as Standard Webhooks asks, and settles it', async () => {
    node = await RunningNode.start(db, systemClock())
    await givenSinkEndpoint(db, acme, 'acme', sink.url())
    const ids = await node.publish(acme, 1, { data: '{"total": 1.0, "big": 12345678901234567890}' })
    const [request] = await sink.until(1)
    expect(request?.id).toBe(shown(ids)[0])
    expect(request?.body).toContain('"data":{"total": 1.0, "big": 12345678901234567890}}')
    expect(() => new Webhook(testSecret).verify(request?.body as string, request?.headers as Record<string, string>)).not.toThrow()
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual([2]))
    const [attempt] = await db.all<{ number: number; status: number; answer: Uint8Array }>(sql`select number, status, answer from attempts`)
    expect({ ...attempt, answer: Buffer.from(attempt?.answer as Uint8Array).toString() }).toEqual({ number: 1, status: 200, answer: 'ok' })
  })

  test('sends a thousand events to three endpoints, each exactly once', async () => {
    node = await RunningNode.start(db, systemClock())
    for (const path of ['/a', '/b', '/c']) await givenSinkEndpoint(db, acme, 'acme', sink.url(path))
    for (let i = 0; i < 10; i++) await node.publish(acme, 100)
    await sink.until(3_000, 15_000)
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 3_000 }))
    expect(new Set(sink.received.map((request) => request.path + request.id)).size).toBe(3_000)
    expect(sink.received).toHaveLength(3_000)
  })

  test('keeps strict order through failures: the head blocks until it succeeds', async () => {
    node = await RunningNode.start(db, systemClock())
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { ordered: 1, retryPolicy: '{"schedule":["0s","20ms","20ms","20ms","20ms"]}' })
    let n = 0
    sink.answer = (_request, response) => { response.writeHead(++n % 3 === 0 ? 200 : 500).end() }
    const ids = await node.publish(acme, 10)
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual(ids.map(() => 2)), 10_000)
    const succeeded = sink.received.filter((_, i) => (i + 1) % 3 === 0).map((request) => request.id)
    expect(succeeded).toEqual(shown(ids))
  })

  test('takes up after a restart what the run before had in memory', async () => {
    node = await RunningNode.start(db, systemClock())
    await givenSinkEndpoint(db, acme, 'acme', sink.url())
    await db.run(sql`update endpoints set state = 1`)
    await db.run(sql`update cursors set endpoints_version = endpoints_version + 1`)
    const ids = await node.publish(acme, 3)
    await node.stop()
    await db.run(sql`update endpoints set state = 0`)
    await db.run(sql`update cursors set endpoints_version = endpoints_version + 1`)
    // As a kill leaves them: sending, under a session that nobody renews.
    await db.run(sql`update deliveries set state = 0`)
    await db.run(sql`insert into sessions (token, node, alive_until) values ('dead', 'test', 0)`)
    await db.run(sql`update lanes set session = 'dead'`)
    node = await RunningNode.start(db, systemClock())
    await sink.until(3)
    expect(sink.received.map((request) => request.id).sort()).toEqual(shown(ids).sort())
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual([2, 2, 2]))
  })
})

onPostgres('results on their way to the database', (db) => {
  test('keep nobody from publishing, nor from being sent', async () => {
    const sink = await Sink.start()
    const acme = await givenOrganization(db, 'acme')
    await givenSinkEndpoint(db, acme, 'acme', sink.url())
    const node = await RunningNode.start(db, systemClock())
    let answerFirst = (): void => {}
    sink.answer = (_request, response) => { answerFirst = () => response.writeHead(200).end() }
    await node.publish(acme)
    await sink.until(1)
    sink.answer = (_request, response) => { response.writeHead(200).end() }
    await db.transaction(async (tx) => {
      // The first one's result cannot be settled while this is held.
      await tx.all(sql`select event_id from deliveries for update`)
      answerFirst()
      await eventually(async () => expect(node.attempts).toHaveLength(1))
      for (let n = 0; n < 3; n++) await node.publish(acme)
      await sink.until(4)
      expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 0 })
    })
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual([2, 2, 2, 2]))
    await node.stop()
    await sink.stop()
    expect(node.faults).toEqual([])
  })
})
