import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSigner } from '../signer.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import { expressWebhook } from './express.js'
import { fastifyWebhook } from './fastify.js'
import { fetchWebhook } from './fetch.js'
import { honoWebhook } from './hono.js'
import { nextWebhook } from './next.js'
import { nodeWebhook } from './node.js'

const secret = 'whsec_of_the_store'
// Pretty, with a number that no parser gives back as it was, and not ASCII: bytes or nothing.
const body = '{\n  "type": "order.created", "id": "evt_1",\n  "data": { "id": "order_1", "total": 1.0, "name": "Zoë" }\n}'
const options = (onEvent: (event: unknown) => void) => ({ scheme: 'bare-commerce', secret, onEvent, maxBodyBytes: 100_000 }) as const

const servers: { close(): unknown }[] = []
afterEach(() => { for (const server of servers.splice(0)) server.close() })

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Each framework with the receiver at /webhooks, called over real HTTP or with a real Request. */
const frameworks: Record<string, (onEvent: (event: unknown) => void) => Promise<(request: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<Response>>> = {
  fetch: async (onEvent) => overRequests(fetchWebhook(options(onEvent))),
  next: async (onEvent) => overRequests(nextWebhook(options(onEvent))),
  hono: async (onEvent) => {
    const app = new Hono()
    app.all('/webhooks', honoWebhook(options(onEvent)))
    return overRequests((request) => app.fetch(request))
  },
  'hono, as the Commerce Gateway document writes it': async (onEvent) => {
    const app = new Hono()
    const handler = createWebhookHandler(options(onEvent))
    app.all('/webhooks', async (c) => {
      return await handler.handle(c.req)
    })
    return overRequests((request) => app.fetch(request))
  },
  express: async (onEvent) => {
    const app = express()
    app.all('/webhooks', expressWebhook(options(onEvent)))
    app.use(express.json())
    return overHttp(app)
  },
  'express behind express.raw, as BareCommerce prints it': async (onEvent) => {
    const app = express()
    app.use(express.raw({ type: 'application/json' }))
    app.all('/webhooks', expressWebhook(options(onEvent)))
    return overHttp(app)
  },
  'express, handler.handle(req, res)': async (onEvent) => {
    const app = express()
    const handler = createWebhookHandler(options(onEvent))
    app.all('/webhooks', (req, res) => handler.handle(req, res))
    return overHttp(app)
  },
  fastify: async (onEvent) => {
    const app = Fastify()
    void app.register(fastifyWebhook('/webhooks', options(onEvent)))
    servers.push(app)
    const base = await app.listen({ host: '127.0.0.1', port: 0 })
    return (request) => fetch(`${base}/webhooks`, { method: 'POST', ...request })
  },
  node: async (onEvent) => overHttp(nodeWebhook(options(onEvent))),
}

const overRequests = (handle: (request: Request) => Response | Promise<Response>) => async (init: object) => handle(new Request('http://app.example/webhooks', { method: 'POST', ...init }))
const overHttp = async (listener: unknown) => {
  const base = await listening(listener as RequestListener)
  return (init: object) => fetch(`${base}/webhooks`, { method: 'POST', ...init })
}
const signed = (text = body, key = secret) => ({ 'content-type': 'application/json', ...createSigner('bare-commerce', [key])({ id: '', timestamp: 0, body: text }) })

describe.each(Object.entries(frameworks))('%s', (_, start) => {
  test('reads the bytes, verifies them and calls back', async () => {
    const onEvent = vi.fn()
    const send = await start(onEvent)
    const answer = await send({ headers: signed(), body })
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }])
    expect(onEvent).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: 'order.created', id: 'evt_1', data: { id: 'order_1', total: 1, name: 'Zoë' } }), expect.anything())
  })

  test('refuses another secret with 401, another method with 405, too much with 413', async () => {
    const onEvent = vi.fn()
    const send = await start(onEvent)
    const refused = await send({ headers: signed(body, 'another'), body })
    expect([refused.status, (await refused.json() as { code: string }).code]).toEqual([401, 'signature_mismatch'])
    const put = await send({ method: 'PUT', headers: signed(), body })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST'])
    const large = JSON.stringify({ type: 'x', id: 'y', data: 'x'.repeat(200_000) })
    expect((await send({ headers: signed(large), body: large })).status).toBe(413)
    expect(onEvent).not.toHaveBeenCalled()
  })

  test('no body at all is a refusal, not a fault', async () => {
    expect((await (await start(vi.fn()))({})).status).toBe(401)
  })
})

describe('when a body parser ran first, the answer says what to move', () => {
  test('express.json()', async () => {
    const app = express()
    app.use(express.json())
    app.post('/webhooks', expressWebhook(options(vi.fn())))
    const answer = await (await overHttp(app))({ headers: signed(), body })
    expect([answer.status, await answer.json()]).toEqual([500, { code: 'body_already_read', error: expect.stringMatching(/above app\.use\(express\.json\(\)\)/) }])
  })

  test('a parser that keeps the bytes in rawBody is fine', async () => {
    const onEvent = vi.fn()
    const app = express()
    app.use(express.json({ verify: (req, _res, bytes) => { Object.assign(req, { rawBody: bytes }) } }))
    app.post('/webhooks', expressWebhook(options(onEvent)))
    expect((await (await overHttp(app))({ headers: signed(), body })).status).toBe(200)
    expect(onEvent).toHaveBeenCalledTimes(1)
  })

  test('Hono keeps what a middleware read, as long as it is bytes or text', async () => {
    const onEvent = vi.fn()
    const app = new Hono()
    app.use(async (c, next) => { await c.req.text(); await next() })
    app.post('/webhooks', honoWebhook(options(onEvent)))
    expect((await overRequests((request) => app.fetch(request))({ headers: signed(), body })).status).toBe(200)

    const parsed = new Hono()
    parsed.use(async (c, next) => { await c.req.raw.json(); await next() })
    parsed.post('/webhooks', honoWebhook(options(onEvent)))
    const answer = await overRequests((request) => parsed.fetch(request))({ headers: signed(), body })
    expect([answer.status, await answer.json()]).toEqual([500, { code: 'body_already_read', error: expect.stringMatching(/request\.json\(\)/) }])
    expect(onEvent).toHaveBeenCalledTimes(1)
  })
})

test('Fastify: the rest of the app keeps its own parsers', async () => {
  const app = Fastify()
  servers.push(app)
  app.post('/other', (request, reply) => reply.send({ parsed: request.body }))
  await app.register(fastifyWebhook('/webhooks', options(vi.fn())))
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${base}/other`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  expect(await answer.json()).toEqual({ parsed: { a: 1 } })
})

test('a header that came twice over HTTP keeps both values, though Node joins or drops them', async () => {
  const onEvent = vi.fn()
  const base = await listening(nodeWebhook(options(onEvent)))
  const right = signed()['X-Webhook-Signature' as 'content-type']
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = httpRequest(`${base}/webhooks`, { method: 'POST', headers: { 'x-webhook-signature': ['0'.repeat(64), right] } }, (answer) => { answer.resume(); resolve(answer.statusCode) })
    sent.on('error', reject)
    sent.end(body)
  })
  expect(status).toBe(200)
})

test('on Workers, work that outlives the answer is announced to the platform', async () => {
  const waitUntil = vi.fn()
  const slow = { ...options(() => new Promise((resolve) => { setTimeout(resolve, 100) })), answerWithinMs: 20 }
  await fetchWebhook(slow)(new Request('http://x.example', { method: 'POST', headers: signed(), body }), {}, { waitUntil })
  expect(waitUntil).toHaveBeenCalledExactlyOnceWith(expect.any(Promise))

  const app = new Hono().post('/', honoWebhook(slow))
  const context = { waitUntil: vi.fn(), passThroughOnException() {}, props: {} }
  await app.fetch(new Request('http://x.example', { method: 'POST', headers: signed(), body }), {}, context)
  expect(context.waitUntil).toHaveBeenCalledTimes(1)
})
