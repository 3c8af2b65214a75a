import { afterEach, describe, expect, test } from 'vitest'
import { Sink } from '../../server/dist/testing/sink.js'
import { FlakyProxy } from './testing/flaky-proxy.js'
import { givenServer } from './testing/started-server.js'
import type { Posthorn } from './posthorn.js'
import type { StreamMessage, StreamOptions } from './stream.js'

const server = givenServer()
const stops: (() => Promise<void> | void)[] = []
afterEach(async () => { for (const stop of stops.splice(0)) await stop() })

/** Listens until the test ends; everything that was told so far. */
async function heard(posthorn: Posthorn, options: StreamOptions = {}): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = []
  const controller = new AbortController()
  stops.push(() => controller.abort())
  void (async () => {
    for await (const message of posthorn.stream({ ...options, signal: controller.signal })) messages.push(message)
  })().catch(() => {})
  await expect.poll(() => messages[0]?.kind).toBe('connected')
  return messages
}

describe('a live view', () => {
  test('hears of an event and of the attempts that follow, as they happen', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const sink = await Sink.start()
    stops.push(() => sink.stop())
    const endpoint = await posthorn.endpoints.create(org, { url: sink.url() })
    const messages = await heard(posthorn)
    const { id } = await posthorn.events.publish(org, { type: 'order.created', data: { private: 'not told' } })

    await expect.poll(() => messages.filter(({ kind }) => kind === 'attempt')).toMatchObject([{ organization: org, endpointId: endpoint.id, eventId: id, number: 1, status: 200, state: 'succeeded' }])
    await expect.poll(() => messages.filter(({ kind }) => kind === 'event')).toMatchObject([{ organization: org, id, type: 'order.created', origin: 'api' }])
    expect(JSON.stringify(messages)).not.toContain('not told')
  })

  test('hears of what came in, accepted or not, and whose it is', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    await posthorn.sources.create({ name: 'lab', provider: 'gitlab', secrets: ['a-secret-of-gitlab'], organizationId: org })
    const messages = await heard(posthorn)
    const send = (token: string) => fetch(`${server.url}/webhooks/lab`, { method: 'POST', body: '{"object_kind":"push"}', headers: { 'content-type': 'application/json', 'x-gitlab-token': token, 'x-gitlab-event': 'Push Hook', 'idempotency-key': token } })
    await send('wrong')
    await send('a-secret-of-gitlab')
    await expect.poll(() => messages.filter(({ kind }) => kind === 'receipt')).toMatchObject([{ source: 'lab', verdict: 'refused' }, { source: 'lab', verdict: 'accepted', organization: org }])
    await expect.poll(() => messages.filter(({ kind }) => kind === 'event')).toMatchObject([{ organization: org, origin: 'receipt', receiptId: expect.any(String) as string }])
  })

  test('of one organization hears nothing of another', async () => {
    const posthorn = server.client()
    const [mine, other] = [await server.organization(), await server.organization()]
    const { key } = await posthorn.keys.create(mine, { name: 'reader', scopes: ['webhooks:read'] })
    const messages = await heard(server.client({ key }))
    await posthorn.events.publish(other, { type: 'order.created', data: 1 })
    await posthorn.events.publish(mine, { type: 'order.paid', data: 1 })
    await expect.poll(() => messages.slice(1)).toMatchObject([{ kind: 'event', organization: mine, type: 'order.paid' }])
  })

  test('is refused with a key that may not read, and for what another holds', async () => {
    const posthorn = server.client()
    const [mine, other] = [await server.organization(), await server.organization()]
    const publisher = server.client({ key: (await posthorn.keys.create(mine, { name: 'publisher', scopes: ['events:publish'] })).key })
    const reader = server.client({ key: (await posthorn.keys.create(mine, { name: 'reader', scopes: ['webhooks:read'] })).key })
    await expect(publisher.stream().next()).rejects.toMatchObject({ code: 'missing_scope' })
    await expect(reader.stream({ organization: other }).next()).rejects.toMatchObject({ code: 'not_found' })
    await expect(server.client({ key: 'nobody' }).stream().next()).rejects.toMatchObject({ code: 'wrong_key' })
  })

  test('is told when it is connected again after the connection was lost', async () => {
    const proxy = await FlakyProxy.start(server.url)
    stops.push(() => proxy.stop())
    const org = await server.organization()
    const messages = await heard(server.client({ url: proxy.url }))
    proxy.cut()
    await expect.poll(() => messages.filter(({ kind }) => kind === 'connected'), { timeout: 5_000 }).toHaveLength(2)
    await server.client().events.publish(org, { type: 'order.created', data: 1 })
    await expect.poll(() => messages.at(-1)).toMatchObject({ kind: 'event', organization: org })
  })

  test('ends without a word when nobody asks for more, and with the reason when it is aborted', async () => {
    for await (const { kind } of server.client().stream()) {
      expect(kind).toBe('connected')
      break
    }
    const controller = new AbortController()
    const listening = server.client().stream({ signal: controller.signal })
    await listening.next()
    controller.abort(new Error('enough'))
    await expect(listening.next()).rejects.toThrow('enough')
  })
})
