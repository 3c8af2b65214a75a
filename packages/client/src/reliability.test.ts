import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlakyProxy } from './testing/flaky-proxy.js'
import { PosthornError } from './posthorn-error.js'
import { givenServer } from './testing/started-server.js'
import type { AddressInfo } from 'node:net'
import type { Posthorn, PosthornOptions } from './posthorn.js'

const server = givenServer()
let proxy: FlakyProxy
beforeEach(async () => { proxy = await FlakyProxy.start(server.url) })
afterEach(() => proxy.stop())

const behindProxy = (options: PosthornOptions = {}): Posthorn => server.client({ url: proxy.url, ...options })
const busy = { status: 503, headers: { 'retry-after': '0' } }

describe('a request that fails in passing', () => {
  test.each([busy, { status: 429 }, { status: 502, body: '<html>Bad Gateway</html>' }, 'answer is lost'] as const)('is sent again: %o', async (fate) => {
    proxy.fates = [fate]
    await behindProxy().organizations.list().page()
    expect(proxy.seen).toHaveLength(2)
  })

  test('is not done twice when its answer was lost', async () => {
    const org = await server.organization()
    proxy.fates = ['answer is lost', 'answer is lost']
    const { id } = await behindProxy().events.publish(org, { type: 'order.created', data: 1 })
    expect((await server.client().events.list(org).toArray()).map((event) => event.id)).toEqual([id])

    proxy.fates = ['answer is lost']
    const endpoint = await behindProxy().endpoints.create(org, { url: 'https://receiver.example/hook' })
    expect((await server.client().endpoints.list(org).toArray()).map(({ id: each }) => each)).toEqual([endpoint.id])
  })

  test('carries the same Idempotency-Key in each try, and another in each call', async () => {
    const org = await server.organization()
    proxy.fates = [busy, busy]
    await behindProxy().events.publish(org, { type: 'order.created', data: 1 })
    await behindProxy().events.publish(org, { type: 'order.created', data: 1 })
    const [first, second, third, other] = proxy.seen.map(({ headers }) => headers['idempotency-key'])
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect([second, third]).toEqual([first, first])
    expect(other).not.toBe(first)
  })

  test('that deleted something is done, though the second try finds nothing', async () => {
    const org = await server.organization()
    const { id } = await server.client().endpoints.create(org, { url: 'https://receiver.example/hook' })
    proxy.fates = ['answer is lost']
    await behindProxy().endpoints.delete(org, id)
    await expect(behindProxy().endpoints.delete(org, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is sent so often as was asked for, and then tells the last failure', async () => {
    proxy.fates = [busy, busy, busy]
    await expect(behindProxy({ retries: 1 }).organizations.list().page()).rejects.toMatchObject({ status: 503, code: 'unexpected_answer' })
    expect(proxy.seen).toHaveLength(2)
  })

  test('waits as long as the server asks, or tells at once that this is too long', async () => {
    proxy.fates = [{ status: 503, headers: { 'retry-after': '1' } }]
    const before = performance.now()
    await behindProxy().organizations.list().page()
    expect(performance.now() - before).toBeGreaterThanOrEqual(990)

    proxy.fates = [{ status: 503, headers: { 'retry-after': '600' } }]
    await expect(behindProxy().organizations.list().page()).rejects.toMatchObject({ retryAfterMs: 600_000 })
  })

  test('is not sent again when it was refused', async () => {
    await expect(behindProxy().organizations.get('nobody')).rejects.toMatchObject({ code: 'not_found' })
    expect(proxy.seen).toHaveLength(1)
  })
})

describe('an Idempotency-Key of one\'s own', () => {
  test('makes two calls one, and another body an error', async () => {
    const posthorn = server.client()
    const org = await server.organization()
    const options = { idempotencyKey: 'order-1042' }
    const first = await posthorn.events.publish(org, { type: 'order.created', data: 1 }, options)
    expect(await posthorn.events.publish(org, { type: 'order.created', data: 1 }, options)).toEqual(first)
    await expect(posthorn.events.publish(org, { type: 'order.created', data: 2 }, options)).rejects.toMatchObject({ code: 'idempotency_conflict' })
  })
})

describe('no answer', () => {
  test('is a timeout when it takes too long', async () => {
    proxy.fates = ['is never answered']
    const error = await behindProxy({ timeoutMs: 100, retries: 0 }).organizations.list().page().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(PosthornError)
    expect(error).toMatchObject({ code: 'timeout', status: 0 })
  })

  test('is a network error when nobody is there, and says where', async () => {
    const url = await nobodysUrl()
    await expect(server.client({ url, retries: 0 }).organizations.list().page()).rejects.toMatchObject({ code: 'network', status: 0, detail: expect.stringContaining(url) as string })
  })

  test('that comes from somebody else is told as such', async () => {
    proxy.fates = [{ status: 404, body: '<html>nginx</html>' }]
    await expect(behindProxy().organizations.get('acme')).rejects.toMatchObject({ code: 'unexpected_answer', status: 404 })
  })
})

describe('a signal', () => {
  test('ends a request that is under way', async () => {
    proxy.fates = ['is never answered']
    const controller = new AbortController()
    const asked = behindProxy().organizations.get('acme', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('changed my mind')), 50)
    await expect(asked).rejects.toThrow('changed my mind')
    expect(proxy.seen).toHaveLength(1)
  })

  test('ends the wait for another try', async () => {
    proxy.fates = [{ status: 503, headers: { 'retry-after': '30' } }]
    const controller = new AbortController()
    const asked = behindProxy().organizations.get('acme', { signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('that is spent already sends nothing', async () => {
    await expect(behindProxy().organizations.get('acme', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(proxy.seen).toHaveLength(0)
  })
})

async function nobodysUrl(): Promise<string> {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  return `http://127.0.0.1:${port}`
}
