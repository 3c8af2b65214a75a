import { createWebhookHandler } from '@posthorn/webhooks'
import { createSigner, type SigningSchemeName } from '@posthorn/webhooks/signer'
import { DatabaseSync } from '@photostructure/sqlite'
import express from 'express'
import { createHmac } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTable, SqlDuplicateStore, type Query } from './sql-duplicate-store.js'
import { happened } from './your-shop.js'

vi.stubEnv('WEBHOOK_SECRET', 'whsec_xxxxxxxxxxxxxx')
vi.stubEnv('BEARBILLING_WEBHOOK_SECRET', 'a secret of Bear Billing')
vi.stubEnv('SQUARE_NOTIFICATION_URL', 'https://gateway.example.com/api/webhooks')
const { POST } = await import('./bare-commerce-next.js')
const { router } = await import('./bare-commerce-express.js')
const { app: bearBilling } = await import('./bear-billing-express.js')
const { app: gateway } = await import('./commerce-gateway-hono.js')

const servers: Server[] = []
afterAll(() => { for (const server of servers) server.close() })
beforeEach(() => { happened.length = 0 })

const order = { type: 'order.created', id: 'evt_123', timestamp: '2024-01-15T10:30:00Z', storeId: 'store_xyz', data: { id: 'order_123', orderNumber: 'ORD-000001', total: '99.99' } }
const invoice = { id: 'evt_1NZxY8KZ2qYgJ8vP', type: 'invoice.paid', created_at: '2025-01-13T10:35:00Z', data: { id: 'inv_1NZxY8KZ2qYgJ8vP', amount: 9900, currency: 'usd', status: 'paid' } }

const request = (scheme: SigningSchemeName, secret: string, event: object) => {
  const body = JSON.stringify(event)
  return { method: 'POST', body, headers: { 'content-type': 'application/json', ...createSigner(scheme, [secret])({ id: '', timestamp: 0, body }) } }
}
const listening = async (listener: RequestListener) => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the receivers of the documents', () => {
  test('BareCommerce on Next: signed orders arrive once, others get 401', async () => {
    const send = (secret: string) => POST(new Request('https://app.example/api/webhooks/barecommerce', request('bare-commerce', secret, order)))
    expect((await send('whsec_xxxxxxxxxxxxxx')).status).toBe(200)
    expect((await send('whsec_xxxxxxxxxxxxxx')).status).toBe(200)
    expect((await send('whsec_of_another_store')).status).toBe(401)
    expect(happened).toEqual(['New order ORD-000001: 99.99'])
  })

  test('BareCommerce on Express', async () => {
    const base = await listening(express().use(router))
    const answer = await fetch(`${base}/webhooks/barecommerce`, request('bare-commerce', 'whsec_xxxxxxxxxxxxxx', order))
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }])
    expect((await fetch(`${base}/webhooks/barecommerce`, { method: 'POST', headers: { 'X-Webhook-Signature': 'sha256=test_signature' }, body: '{}' })).status).toBe(401)
    expect(happened).toEqual(['New order ORD-000001: 99.99'])
  })

  test('Bear Billing on Express', async () => {
    const base = await listening(bearBilling)
    expect((await fetch(`${base}/webhooks/bearbilling`, request('bear-billing', 'a secret of Bear Billing', invoice))).status).toBe(200)
    expect((await fetch(`${base}/webhooks/bearbilling`, request('bear-billing', 'another', invoice))).status).toBe(401)
    expect(happened).toEqual(['inv_1NZxY8KZ2qYgJ8vP paid: 9900 usd'])
  })

  test('the Commerce Gateway on Hono: Shopify, Square and Better Data at one URL, 403 for everybody else', async () => {
    const secret = 'whsec_xxxxxxxxxxxxxx'
    const square = JSON.stringify({ event_id: 's1', type: 'inventory.count.updated', data: { object: { inventory_counts: [{ catalog_object_id: 'C1', quantity: '3', state: 'IN_STOCK' }] } } })
    const squareSignature = createHmac('sha256', secret).update(`https://gateway.example.com/api/webhooks${square}`).digest('base64')
    const shopify = request('shopify', secret, { inventory_item_id: 271878346596884015n.toString(), available: 2 })
    const answers = [
      await gateway.request('/api/webhooks', { ...shopify, headers: { ...shopify.headers, 'x-shopify-topic': 'inventory_levels/update' } }),
      await gateway.request('/api/webhooks', { method: 'POST', headers: { 'x-square-hmacsha256-signature': squareSignature }, body: square }),
      await gateway.request('/api/webhooks', request('better-data', secret, { id: 'evt_1', type: 'checkout.completed', data: { sessionId: 'sess_1', orderId: 'order_1' } })),
      await gateway.request('/api/webhooks', request('better-data', 'another', { id: 'evt_2', type: 'checkout.completed', data: {} })),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 403])
    expect(happened).toEqual(['271878346596884015: 2 left', 'C1: 3 left', 'sess_1 ordered order_1'])
  })
})

describe('a duplicate store in SQL', () => {
  const open = () => {
    const database = new DatabaseSync(':memory:')
    database.exec(createTable)
    // SQLite spells the first value ?1.
    const query: Query = async (text, values) => database.prepare(text.replaceAll('$', '?')).all(...values) as { processed_at: number | null }[]
    return query
  }

  test('claims once, tells what was processed from what is under way, and gives back after a failure', async () => {
    const store = new SqlDuplicateStore(open())
    expect([await store.claim('a'), await store.claim('a')]).toEqual(['claimed', 'in-progress'])
    await store.release('a')
    expect(await store.claim('a')).toBe('claimed')
    await store.markProcessed('a')
    await store.release('a')
    expect(await store.claim('a')).toBe('processed')
  })

  test('what a dead process claimed is free after a minute, and what is old is forgotten', async () => {
    let now = 0
    const query = open()
    const store = new SqlDuplicateStore(query, () => now)
    await store.claim('a')
    now = 60_001
    expect(await store.claim('a')).toBe('claimed')
    await store.markProcessed('a')
    now += 31 * 24 * 3600 * 1000
    expect(await store.claim('a')).toBe('processed')
    await store.forget()
    expect(await store.claim('a')).toBe('claimed')
  })

  test('two receivers that share it handle an event once', async () => {
    const query = open()
    const onEvent = vi.fn()
    const receivers = [1, 2].map(() => createWebhookHandler({ scheme: 'bare-commerce', secret: 'whsec_x', duplicates: new SqlDuplicateStore(query), onEvent }))
    for (const receiver of receivers) await receiver.handle(new Request('https://app.example', request('bare-commerce', 'whsec_x', order)))
    expect(onEvent).toHaveBeenCalledTimes(1)
  })
})
