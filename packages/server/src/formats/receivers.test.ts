import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import express from 'express'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { Webhook } from 'standardwebhooks'
import { verify as verifyGitHub } from '@octokit/webhooks-methods'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bareCommerce } from '../catalogs/bare-commerce.js'
import { bearBilling } from '../catalogs/bear-billing.js'
import { betterData } from '../catalogs/better-data.js'
import { devsphere } from '../catalogs/devsphere.js'
import { onEachDatabase } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { RunningNode, testSecret } from '../testing/running-node.js'
import { Sink, type Received } from '../testing/sink.js'
import type { AddressInfo } from 'node:net'
import type { Catalog } from '../catalogs/catalog.js'

const oldSecret = 'whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZC1zZWNyZXQ='

/** As each document prints it: plain HMAC-SHA256 over the raw body, hex, compared by timingSafeEqual (which throws on unequal lengths). */
function acceptsHex(body: string, signature: string, secret: string): boolean {
  const computed = createHmac('sha256', secret).update(body).digest('hex')
  return timingSafeEqual(Buffer.from(signature), Buffer.from(computed))
}

onEachDatabase('what is sent', (db) => {
  let sink: Sink
  let node: RunningNode
  let acme: number
  beforeEach(async () => {
    sink = await Sink.start()
    acme = await givenOrganization(db, 'store_xyz')
    node = await RunningNode.start(db)
  })
  afterEach(async () => {
    await node.stop()
    await sink.stop()
    expect(node.faults).toEqual([])
  })

  async function send(format: string, { previousSecret, type = 'order.created', data = '{"id":"order_123"}' }: { previousSecret?: string; type?: string; data?: string } = {}): Promise<Received> {
    await givenSinkEndpoint(db, acme, 'store_xyz', sink.url(), { format, ...(previousSecret !== undefined && { previousSecret }) })
    await node.publish(acme, 1, { type, data, occurredAt: Date.parse('2024-01-15T10:30:00Z'), givenId: 'evt_abc123' })
    const [request] = await sink.until(1)
    return request as Received
  }

  describe('has, byte for byte, the envelope that each system documents', () => {
    test.each([
      ['standard', '{"type":"order.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"order_123"}}'],
      ['bare-commerce', '{"type":"order.created","id":"evt_abc123","timestamp":"2024-01-15T10:30:00Z","storeId":"store_xyz","data":{"id":"order_123"}}'],
      ['bear-billing', '{"id":"evt_abc123","type":"order.created","created_at":"2024-01-15T10:30:00Z","data":{"id":"order_123"}}'],
      ['devsphere', '{"id":"evt_abc123","type":"order.created","timestamp":"2024-01-15T10:30:00Z","organizationId":"store_xyz","data":{"id":"order_123"}}'],
      ['better-data', '{"id":"evt_abc123","type":"order.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"order_123"}}'],
      ['stripe', '{"id":"evt_abc123","object":"event","type":"order.created","created":1705314600,"data":{"object":{"id":"order_123"}}}'],
      ['github', '{"id":"order_123"}'],
      ['shopify', '{"id":"order_123"}'],
    ])('%s', async (format, body) => {
      const request = await send(format)
      expect(request.body).toBe(body)
      expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Posthorn/test', 'webhook-id': 'evt_abc123' })
    })
  })

  describe('is accepted by the receiver that each document prints', () => {
    test.each([
      ['bare-commerce', 'x-webhook-signature', bareCommerce],
      ['bear-billing', 'x-bearbilling-signature', bearBilling],
      ['better-data', 'x-betterdata-signature', betterData],
    ] as [string, string, Catalog][])('%s: hex in %s, for every event of its catalog', async (format, header, catalog) => {
      await givenSinkEndpoint(db, acme, 'store_xyz', sink.url(), { format })
      for (const { type, example } of catalog.types) await node.publish(acme, 1, { type, data: JSON.stringify(example) })
      await sink.until(catalog.types.length)
      for (const request of sink.received) expect(acceptsHex(request.body, request.headers[header] as string, testSecret)).toBe(true)
    })

    test('devsphere: X-Signature is sha256= and the hex over the body, for every event of its catalog', async () => {
      await givenSinkEndpoint(db, acme, 'store_xyz', sink.url(), { format: 'devsphere' })
      for (const { type, example } of devsphere.types) await node.publish(acme, 1, { type, data: JSON.stringify(example) })
      await sink.until(devsphere.types.length)
      for (const request of sink.received) expect(request.headers['x-signature']).toBe(`sha256=${createHmac('sha256', testSecret).update(request.body).digest('hex')}`)
    })

    test('Express with express.raw, as Bear Billing prints it', async () => {
      const events: { type: string; data: unknown }[] = []
      const app = express()
      app.post('/webhooks/bearbilling', express.raw({ type: 'application/json' }), (req, res) => {
        const signature = req.headers['x-bearbilling-signature'] as string
        const payload = req.body as Buffer
        const expected = createHmac('sha256', testSecret).update(payload).digest('hex')
        if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
          res.status(401).json({ error: 'Invalid signature' })
          return
        }
        events.push(JSON.parse(payload.toString()) as { type: string; data: unknown })
        res.status(200).json({ received: true })
      })
      const server = createServer(app)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      await givenSinkEndpoint(db, acme, 'store_xyz', `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/bearbilling`, { format: 'bear-billing' })
      await node.publish(acme, 1, { type: 'invoice.paid', data: '{"amount":9900}' })
      await eventually(async () => expect(events).toEqual([expect.objectContaining({ type: 'invoice.paid', data: { amount: 9900 } })]))
      await eventually(async () => expect(node.attempts.map((attempt) => attempt.result.status)).toEqual([200]))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })

    test('a Next.js route handler, a plain function of Request, as BareCommerce prints it', async () => {
      const route = async (request: Request): Promise<Response> => {
        const signature = request.headers.get('x-webhook-signature')
        const body = await request.text()
        if (!acceptsHex(body, signature as string, testSecret)) return Response.json({ error: 'Invalid signature' }, { status: 401 })
        return Response.json({ ok: true })
      }
      sink.answer = (received, response) => {
        void route(new Request(sink.url(), { method: 'POST', headers: received.headers as Record<string, string>, body: received.body }))
          .then(async (answer) => { response.writeHead(answer.status).end(await answer.text()) })
      }
      await send('bare-commerce', { data: JSON.stringify(bareCommerce.types[0]?.example) })
      await eventually(async () => expect(node.attempts.map((attempt) => attempt.result.status)).toEqual([200]))
    })
  })

  describe("is accepted by the official packages of the formats that are others'", () => {
    test('standardwebhooks', async () => {
      const request = await send('standard')
      expect(new Webhook(testSecret).verify(request.body, request.headers as Record<string, string>)).toMatchObject({ type: 'order.created' })
      expect(() => new Webhook(testSecret).verify(`${request.body} `, request.headers as Record<string, string>)).toThrow('No matching signature found')
    })

    test('svix', async () => {
      const request = await send('standard')
      expect(new SvixWebhook(testSecret).verify(request.body, request.headers as Record<string, string>)).toMatchObject({ type: 'order.created' })
    })

    test('stripe (constructEvent)', async () => {
      const request = await send('stripe')
      const event = Stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'] as string, testSecret)
      expect(event).toMatchObject({ id: 'evt_abc123', object: 'event', type: 'order.created' })
      expect(() => Stripe.webhooks.constructEvent(`${request.body} `, request.headers['stripe-signature'] as string, testSecret)).toThrow(/signature/i)
    })

    test('@octokit/webhooks-methods', async () => {
      const request = await send('github', { type: 'push' })
      expect(await verifyGitHub(testSecret, request.body, request.headers['x-hub-signature-256'] as string)).toBe(true)
      expect(request.headers['x-github-event']).toBe('push')
      expect(request.headers['x-github-delivery']).toBe('evt_abc123')
    })
  })

  describe('while a secret is rotated', () => {
    test('a list format carries both signatures, so receivers with either secret accept it', async () => {
      const request = await send('standard', { previousSecret: oldSecret })
      const headers = request.headers as Record<string, string>
      expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
      for (const secret of [testSecret, oldSecret]) expect(() => new Webhook(secret).verify(request.body, headers)).not.toThrow()
    })

    test('stripe carries both signatures too', async () => {
      const request = await send('stripe', { previousSecret: oldSecret })
      for (const secret of [testSecret, oldSecret]) expect(() => Stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'] as string, secret)).not.toThrow()
    })

    test('a one-value format goes on with the old secret and carries the new signature beside it', async () => {
      const request = await send('bare-commerce', { previousSecret: oldSecret })
      expect(acceptsHex(request.body, request.headers['x-webhook-signature'] as string, oldSecret)).toBe(true)
      expect(acceptsHex(request.body, request.headers['x-webhook-signature-next'] as string, testSecret)).toBe(true)
    })
  })

  test("leaves the publisher's own text untouched", async () => {
    const data = '{ "big": 12345678901234567890, "one": 1.0, "zero": -0, "nul": "\\u0000", "lone": "\\ud800", "a":1e400 ,"é":"\\u00e9" }'
    const request = await send('standard', { data })
    expect(request.body).toBe(`{"type":"order.created","timestamp":"2024-01-15T10:30:00Z","data":${data}}`)
  })
})
