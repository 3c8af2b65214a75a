import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { namedRetryPolicies, parseRetryPolicy } from '../retry-policies/retry-policy.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { changeEndpoints, deliveryStatesOf, eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { RunningNode, shown } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'
import type { TestDatabase } from '../testing/each-database.js'

/** Long enough that an attempt which must not be made would have been. */
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40))

async function attemptsSettled(db: TestDatabase, count: number): Promise<void> {
  await eventually(async () => expect(await db.first(sql`select count(*) as n from attempts`)).toEqual({ n: count }))
}

onEachDatabase('what follows an attempt', (db) => {
  let sink: Sink
  let node: RunningNode
  let acme: number
  beforeEach(async () => {
    sink = await Sink.start()
    acme = await givenOrganization(db, 'acme')
    node = await RunningNode.start(db)
  })
  afterEach(async () => {
    await node.stop()
    await sink.stop()
    expect(node.faults).toEqual([])
  })

  describe.each(Object.entries(namedRetryPolicies))('the retry policy %s', (name, schedule) => {
    test(`tries at ${schedule.join(', ')}, never earlier, and then gives the delivery up`, async () => {
      const policy = parseRetryPolicy(name)
      const waits = policy.ok ? policy.waitsMs : []
      expect(waits).toHaveLength(schedule.length)
      await givenSinkEndpoint(db, acme, 'acme', sink.url(), { retryPolicy: JSON.stringify(name) })
      sink.answerWith(500)
      const ids = await node.publish(acme)

      await attemptsSettled(db, 1)
      for (const [n, waitMs] of waits.entries()) {
        if (n === 0) continue
        db.clock.advance(waitMs - 1)
        if (n < 4) await aMoment()
        expect(sink.received).toHaveLength(n)
        db.clock.advance(1)
        await sink.until(n + 1)
        await attemptsSettled(db, n + 1)
      }
      expect(new Set(sink.received.map((request) => request.body)).size).toBe(1)
      expect(new Set(sink.received.map((request) => request.id))).toEqual(new Set(shown(ids)))
      await eventually(async () => expect(await deliveryStatesOf(db)).toContain(3))
      db.clock.advance(7 * 86_400_000)
      await aMoment()
      expect(sink.received).toHaveLength(waits.length)
    })
  })

  test('a delivery that is given up raises one alert, which reaches those who subscribed to it', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url('/failing'), { retryPolicy: '{"schedule":["0s"]}', eventTypes: ['order.*'] })
    await givenSinkEndpoint(db, acme, 'acme', sink.url('/alerts'), { eventTypes: ['posthorn.*'] })
    sink.answer = (request, response) => { response.writeHead(request.path === '/failing' ? 500 : 200).end() }
    const [id] = await node.publish(acme)
    const alert = (await sink.until(2))[1]
    expect(alert?.path).toBe('/alerts')
    const body = JSON.parse(alert?.body ?? '') as { type: string; data: { eventId: string; reason: string; attemptCount: number } }
    expect(body.type).toBe('posthorn.delivery.dead')
    expect(body.data).toMatchObject({ eventId: shown([id as number])[0], reason: 'schedule_used_up', attemptCount: 1 })
  })

  test('an alert that cannot be delivered raises none', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { retryPolicy: '{"schedule":["0s"]}', eventTypes: ['*', 'posthorn.*'] })
    sink.answerWith(500)
    await node.publish(acme)
    await sink.until(2)
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual([3, 3]))
    await aMoment()
    expect(await db.first(sql`select count(*) as n from events`)).toEqual({ n: 2 })
  })

  test('410 ends the delivery, disables its endpoint and holds the rest', async () => {
    const endpoint = await givenSinkEndpoint(db, acme, 'acme', sink.url(), { ordered: 1 })
    sink.answerWith(410)
    await node.publish(acme, 3)
    await eventually(async () => expect(await db.first(sql`select state, disabled_reason from endpoints where id = ${endpoint}`)).toEqual({ state: 2, disabled_reason: 'gone' }))
    await eventually(async () => expect((await deliveryStatesOf(db)).slice(0, 3)).toEqual([3, 1, 1]))
    expect(sink.received).toHaveLength(1)
    const alerts = await db.all<{ type: string }>(sql`select type from events where type like 'posthorn.%' order by id`)
    await eventually(async () => expect((await db.all<{ type: string }>(sql`select type from events where type like 'posthorn.%' order by id`)).map((row) => row.type).sort()).toEqual(['posthorn.delivery.dead', 'posthorn.endpoint.disabled']))
    expect(alerts.length).toBeLessThanOrEqual(2)
  })

  test('410 does not disable an endpoint that was corrected while the attempt was under way', async () => {
    const endpoint = await givenSinkEndpoint(db, acme, 'acme', sink.url('/old'))
    let answer = (): void => {}
    sink.answer = (_request, response) => { answer = () => response.writeHead(410).end() }
    await node.publish(acme)
    await sink.until(1)
    await changeEndpoints(db, 0)
    answer()
    await eventually(async () => expect(await deliveryStatesOf(db)).toContain(3))
    expect(await db.first(sql`select state from endpoints where id = ${endpoint}`)).toEqual({ state: 0 })
  })

  test('Retry-After of a 429 is waited for, and never shortens the schedule', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { retryPolicy: '{"schedule":["0s","5s","5s"]}' })
    let n = 0
    sink.answer = (_request, response) => { response.writeHead(429, { 'retry-after': n++ === 0 ? '60' : '1' }).end() }
    await node.publish(acme)
    await attemptsSettled(db, 1)
    db.clock.advance(59_999)
    await aMoment()
    expect(sink.received).toHaveLength(1)
    db.clock.advance(1)
    await sink.until(2)
    await attemptsSettled(db, 2)
    db.clock.advance(4_999)
    await aMoment()
    expect(sink.received).toHaveLength(2)
    db.clock.advance(1)
    await sink.until(3)
    await attemptsSettled(db, 3)
  })

  test('a redirect is a failure and is not followed', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url('/here'), { retryPolicy: '{"schedule":["0s"]}' })
    sink.answer = (_request, response) => { response.writeHead(302, { location: sink.url('/there') }).end() }
    await node.publish(acme)
    await eventually(async () => expect(await deliveryStatesOf(db)).toContain(3))
    expect(sink.received.map((request) => request.path)).toEqual(['/here'])
  })

  test('an endpoint that only fails for five days is disabled; one success begins the count anew', async () => {
    const endpoint = await givenSinkEndpoint(db, acme, 'acme', sink.url(), { retryPolicy: '{"schedule":["0s"]}' })
    const fail = async (count: number): Promise<void> => {
      await node.publish(acme)
      await attemptsSettled(db, count)
    }
    sink.answerWith(500)
    await fail(1)
    db.clock.advance(4 * 86_400_000)
    sink.answerWith(200)
    await fail(2)
    sink.answerWith(500)
    await fail(3)
    db.clock.advance(4 * 86_400_000)
    await fail(4)
    expect(await db.first(sql`select state from endpoints where id = ${endpoint}`)).toEqual({ state: 0 })
    db.clock.advance(86_400_000)
    await fail(5)
    await eventually(async () => expect(await db.first(sql`select state, disabled_reason from endpoints where id = ${endpoint}`)).toEqual({ state: 2, disabled_reason: 'failing' }))
  })

  test('what a paused endpoint misses is kept, and goes out in order when it is resumed', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { ordered: 1 })
    await node.publish(acme)
    await sink.until(1)
    await changeEndpoints(db, 1)
    node.node.wake()
    const ids = await node.publish(acme, 5)
    await aMoment()
    expect(sink.received).toHaveLength(1)
    await changeEndpoints(db, 0)
    node.node.wake()
    await sink.until(6)
    expect(sink.received.slice(1).map((request) => request.id)).toEqual(shown(ids))
  })

  test('pausing stops what is queued in memory', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { ordered: 1 })
    const answers: (() => void)[] = []
    sink.answer = (_request, response) => { answers.push(() => response.end()) }
    await node.publish(acme, 50)
    await sink.until(1)
    await changeEndpoints(db, 1)
    node.node.wake()
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 1`)).toEqual({ n: 49 }))
    answers[0]?.()
    await eventually(async () => expect((await deliveryStatesOf(db)).filter((state) => state === 2)).toHaveLength(1))
    await aMoment()
    expect(sink.received).toHaveLength(1)
    await eventually(async () => expect(await db.first(sql`select session, wake_at from lanes`)).toEqual({ session: null, wake_at: null }))
  })

  test('a rate is kept to: never more than so many a second', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { rate: 10 })
    await node.publish(acme, 5)
    for (let n = 1; n <= 5; n++) {
      await sink.until(n)
      await aMoment()
      expect(sink.received).toHaveLength(n)
      db.clock.advance(100)
    }
  })

  test('an endpoint that hangs fills its own lane and delays nobody else', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url('/hangs'), { timeoutMs: 1_500, eventTypes: ['slow'] })
    await givenSinkEndpoint(db, acme, 'acme', sink.url('/works'), { eventTypes: ['quick'] })
    sink.answer = (request, response) => { if (request.path === '/works') response.end() }
    await node.publish(acme, 2_000, { type: 'slow' })
    const before = performance.now()
    await node.publish(acme, 100, { type: 'quick' })
    await eventually(async () => expect(sink.received.filter((request) => request.path === '/works')).toHaveLength(100))
    expect(performance.now() - before).toBeLessThan(1_400)
    expect(sink.received.filter((request) => request.path === '/hangs').length).toBeLessThanOrEqual(8)
  })

  test('a backlog larger than memory holds goes out completely, each once', async () => {
    await givenSinkEndpoint(db, acme, 'acme', sink.url())
    let isUp = false
    const waiting: (() => void)[] = []
    sink.answer = (_request, response) => { if (isUp) response.end(); else waiting.push(() => response.end()) }
    for (let i = 0; i < 6; i++) await node.publish(acme, 500)
    isUp = true
    for (const answer of waiting) answer()
    await sink.until(3_000, 15_000)
    await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 3_000 }))
    expect(new Set(sink.received.map((request) => request.id)).size).toBe(3_000)
    expect(sink.received).toHaveLength(3_000)
  })
})
