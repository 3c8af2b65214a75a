import { describe, expect, expectTypeOf, test } from 'vitest'
import { Sink } from '../../server/dist/testing/sink.js'
import { PosthornError } from './posthorn-error.js'
import { givenServer } from './testing/started-server.js'
import type { Delivery, Endpoint } from './api-types.js'
import type { EventWithData } from './events.js'

const server = givenServer()

async function refusalOf(promise: Promise<unknown>): Promise<PosthornError> {
  const error = await promise.then(() => undefined, (error: unknown) => error)
  expect(error).toBeInstanceOf(PosthornError)
  return error as PosthornError
}

describe('events', () => {
  test('are published, listed and read with their data', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const { id } = await posthorn.events.publish(org, { type: 'order.created', data: { orderNumber: 1042 }, occurredAt: new Date('2026-01-15T12:00:00Z') })
    const found = await posthorn.events.get(org, id)
    expectTypeOf(found).toEqualTypeOf<EventWithData>()
    expect(found).toMatchObject({ id, type: 'order.created', occurredAt: '2026-01-15T12:00:00.000Z', data: { orderNumber: 1042 }, rawData: '{"orderNumber":1042}', origin: 'api' })
    expect((await posthorn.events.list(org, { type: 'order.created' }).page()).data.map((event) => event.id)).toEqual([id])
  })

  test.each(['12345678901234567890', '{"a":1.0,"b":-0}', '"\\u0000"', '[1,  2]'])('keep the text %s exactly', async (rawData) => {
    const posthorn = server.client()
    const org = await server.organization()
    const { id } = await posthorn.events.publish(org, { type: 'exact', rawData })
    expect((await posthorn.events.get(org, id)).rawData).toBe(rawData)
  })

  test('with the same id and content are one', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    for (const _ of [1, 2]) expect(await posthorn.events.publish(org, { type: 'order.created', data: 1, id: 'mine' })).toEqual({ id: 'mine' })
    expect(await posthorn.events.list(org).toArray()).toHaveLength(1)
  })

  test('are published many at once, each with its own outcome', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const outcomes = await posthorn.events.publishBatch(org, [{ type: 'a', data: 1 }, { type: 'not a type', data: 2 }, { type: 'b', rawData: '3.0' }])
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true])
    const [, refused] = outcomes
    expect(refused?.ok === false && refused.error).toMatchObject({ code: 'invalid_event_type', status: 422 })
  })

  test.each([[{ type: 'a', data: undefined }], [{ type: 'a', data: () => 1 }], [{ type: 'a', rawData: '{"a":1}, "type":"b"' }], [{ type: 'a', rawData: '' }]])('that are no JSON are refused before anything is sent: %o', async (event) => {
    await expect(server.client().events.publish('anybody', event)).rejects.toThrow(TypeError)
  })
})

describe('endpoints', () => {
  test('are made, changed, paused, tested, given new secrets and deleted', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const sink = await Sink.start()
    try {
      const { secret, ...made } = await posthorn.endpoints.create(org, { url: sink.url(), eventTypes: ['order.*'], retryPolicy: { schedule: ['0s', '1s'] } })
      expectTypeOf(made).toExtend<Endpoint>()
      expect(await posthorn.endpoints.secret(org, made.id)).toEqual({ secret })
      expect(await posthorn.endpoints.update(org, made.id, { description: 'a shop', retryPolicy: null })).toMatchObject({ description: 'a shop', inherits: ['format', 'retryPolicy'] })
      expect(await posthorn.endpoints.pause(org, made.id)).toMatchObject({ state: 'paused' })
      expect(await refusalOf(posthorn.endpoints.test(org, made.id))).toMatchObject({ code: 'endpoint_not_enabled', status: 409 })
      expect(await posthorn.endpoints.resume(org, made.id)).toMatchObject({ state: 'enabled' })

      const { id } = await posthorn.endpoints.test(org, made.id, { eventType: 'order.created' })
      await expect.poll(() => sink.received.map((request) => request.headers['webhook-id'])).toEqual([id])

      const rotated = await posthorn.endpoints.rotate(org, made.id, { overlapSeconds: 60 })
      expect(rotated).toMatchObject({ previousSecret: secret })
      expect(await posthorn.endpoints.finishRotation(org, made.id)).toEqual({ secret: rotated.secret })

      expect((await posthorn.endpoints.list(org).toArray()).map((endpoint) => endpoint.id)).toEqual([made.id])
      await posthorn.endpoints.delete(org, made.id)
      expect(await refusalOf(posthorn.endpoints.get(org, made.id))).toMatchObject({ code: 'not_found' })
    } finally {
      await sink.stop()
    }
  })
})

describe('deliveries', () => {
  test('that died are found, read, and sent once more, one by one and in bulk', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const sink = await Sink.start()
    sink.answer = (_request, response) => { response.writeHead(500).end('no') }
    try {
      await posthorn.endpoints.create(org, { url: sink.url(), retryPolicy: { schedule: ['0s'] } })
      await posthorn.events.publishBatch(org, [{ type: 'order.created', data: 1 }, { type: 'order.paid', data: 2 }])
      const dead = async (): Promise<Delivery[]> => {
        const found: Delivery[] = []
        for await (const delivery of posthorn.deliveries.list(org, { state: 'dead' })) found.push(delivery)
        return found
      }
      await expect.poll(dead, { timeout: 10_000 }).toHaveLength(2)
      const [one] = await dead() as [Delivery]
      expect((await posthorn.deliveries.get(org, one.id)).attempts).toMatchObject([{ status: 500, responseExcerpt: 'no' }])

      sink.answer = (_request, response) => { response.end('ok') }
      expect(await posthorn.deliveries.replay(org, one.id)).toMatchObject({ id: one.id, state: 'pending' })
      expect(await posthorn.replays.dryRun(org, { eventTypes: ['order.*'] })).toMatchObject({ matched: expect.any(Number) as number })
      const replay = await posthorn.replays.start(org)
      await expect.poll(async () => (await posthorn.replays.get(org, replay.id)).state, { timeout: 10_000 }).toBe('done')
      await expect.poll(dead, { timeout: 10_000 }).toHaveLength(0)
    } finally {
      await sink.stop()
    }
  })

  test('that wait for a paused endpoint are discarded, or released once it is enabled', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const { id } = await posthorn.endpoints.create(org, { url: 'http://127.0.0.1:9999/nobody' })
    await posthorn.endpoints.pause(org, id)
    await posthorn.events.publish(org, { type: 'order.created', data: 1 })
    const held = () => posthorn.deliveries.list(org, { state: 'held' }).toArray()
    await expect.poll(held).toHaveLength(1)
    const [delivery] = await held() as [Delivery]
    expect(await refusalOf(posthorn.deliveries.release(org, delivery.id))).toMatchObject({ code: 'endpoint_not_enabled' })
    expect(await posthorn.deliveries.discard(org, delivery.id)).toMatchObject({ state: 'discarded' })
  })
})

describe('a list', () => {
  test('is read page after page, as far as somebody asks', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const types = Array.from({ length: 450 }, (_, n) => `event.${n}`)
    await posthorn.events.publishBatch(org, types.map((type) => ({ type, data: null })))
    const read: string[] = []
    for await (const { type } of posthorn.events.list(org)) read.push(type)
    expect(read).toEqual([...types].reverse())

    const first = await posthorn.events.list(org).page({ limit: 3 })
    const second = await posthorn.events.list(org).page({ limit: 3, after: first.next ?? '' })
    expect([...first.data, ...second.data].map(({ type }) => type)).toEqual(read.slice(0, 6))
    expect(await posthorn.events.list(org).toArray({ atMost: 10 })).toHaveLength(10)
  })
})

describe('what belongs to the server', () => {
  test('organizations are made, changed, listed and deleted', async () => {
    const posthorn = server.client()
    const { id } = await posthorn.organizations.create({ name: 'Acme', catalog: 'bare-commerce' })
    expect(await posthorn.organizations.get(id)).toMatchObject({ format: 'bare-commerce', consumers: ['orders'] })
    expect(await posthorn.organizations.update(id, { eventTypePolicy: 'reject' })).toMatchObject({ eventTypePolicy: 'reject' })
    expect(await refusalOf(posthorn.events.publish(id, { type: 'nobody.knows', data: 1 }))).toMatchObject({ code: 'unknown_event_type' })
    expect((await posthorn.organizations.list().toArray()).map((each) => each.id)).toContain(id)
    await posthorn.organizations.delete(id)
    expect(await refusalOf(posthorn.organizations.get(id))).toMatchObject({ code: 'not_found', status: 404 })
  })

  test('keys do what their scopes say, until they are revoked', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const { id, key } = await posthorn.keys.create(org, { name: 'checkout', scopes: ['events:publish'] })
    const publisher = server.client({ key })
    await publisher.events.publish(org, { type: 'order.created', data: 1 })
    expect(await refusalOf(publisher.events.list(org).page())).toMatchObject({ code: 'missing_scope', status: 403 })
    expect((await posthorn.keys.list(org).toArray()).map((each) => each.id)).toEqual([id])
    await posthorn.keys.revoke(org, id)
    expect(await refusalOf(publisher.events.publish(org, { type: 'order.created', data: 1 }))).toMatchObject({ code: 'wrong_key', status: 401 })
  })

  test('a source takes what is signed and keeps what is not', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const source = await posthorn.sources.create({ name: 'hub', provider: 'github', secrets: ['a secret of github'], organizationId: org })
    expect(source).toMatchObject({ name: 'hub', state: 'enabled' })
    await fetch(`${server.url}/webhooks/hub`, { method: 'POST', body: '{}', headers: { 'x-hub-signature-256': 'sha256=00', 'x-github-delivery': '1', 'x-github-event': 'ping' } })
    const [receipt] = await posthorn.receipts.list({ source: 'hub', verdict: 'refused' }).toArray()
    expect(receipt).toMatchObject({ source: 'hub', verdict: 'refused' })
    expect((await posthorn.receipts.get(receipt?.id ?? '')).content).toEqual({ encoding: 'utf8', data: '{}' })
    await posthorn.receipts.replay(receipt?.id ?? '')

    expect(await posthorn.sources.update('hub', { state: 'paused' })).toMatchObject({ state: 'paused' })
    const link = await posthorn.sources.link({ provider: 'stripe', account: 'cus_1', organizationId: org })
    expect(await posthorn.sources.links({ organizationId: org }).toArray()).toEqual([link])
    await posthorn.sources.unlink(link.id)
    await posthorn.sources.delete('hub')
    expect(await posthorn.sources.list().toArray()).not.toContainEqual(expect.objectContaining({ name: 'hub' }))
  })

  test('what consumers have made is read', async () => {
    const posthorn = server.client()
    const { id } = await posthorn.organizations.create({ name: 'Data', catalog: 'better-data' })
    expect(await posthorn.billing.get(id)).toMatchObject({ auditLog: [] })
    expect(await posthorn.orders.list(id).toArray()).toEqual([])
    expect(await posthorn.inventory.list(id).toArray()).toEqual([])
    expect((await posthorn.consumers.list(id)).map(({ name }) => name)).toEqual(expect.arrayContaining(['billing', 'inventory']))
  })
})

describe('an error', () => {
  test('says what is wrong, where, and what to do', async () => {
    const org = await server.organization()
    const error = await refusalOf(server.client().endpoints.create(org, { url: 'not a url' }))
    expect(error).toMatchObject({ name: 'PosthornError', code: 'invalid_url', status: 422, errors: [{ path: 'url' }] })
    expect(error.detail).not.toBe('')
    expect(error.fix).not.toBe('')
    expect(error.message).toContain(error.detail)
  })

  test('is not_found for what another holds, as for what is not', async () => {
    const posthorn = server.client()
    const [one, other] = [await server.organization(), await server.organization()]
    const { id } = await posthorn.events.publish(one, { type: 'a', data: 1 })
    expect(await refusalOf(posthorn.events.get(other, id))).toMatchObject({ code: 'not_found' })
  })

  test('an id is one step of a path, whatever it holds', async () => {
    const posthorn = server.client()
    expect(await refusalOf(posthorn.organizations.get('a/b?c#d'))).toMatchObject({ code: 'not_found' })
    await expect(posthorn.organizations.get('..')).rejects.toThrow(TypeError)
  })
})

test('a fetch of one\'s own is called as a function, as those of browsers must be', async () => {
  const callers: unknown[] = []
  const posthorn = server.client({ headers: { 'x-from': 'a page' }, fetch(this: unknown, input, init) {
    callers.push(this)
    expect(new Headers(init?.headers).get('x-from')).toBe('a page')
    return fetch(input, init)
  } })
  await posthorn.organizations.list().page()
  expect(callers).toEqual([undefined])
})

test('any other path can be asked for as well', async () => {
  expect(await server.client().request({ method: 'GET', path: '/healthz' })).toMatchObject({ status: 'ok' })
})
