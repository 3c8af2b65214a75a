import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../testing/given-sink-endpoint.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { Sink } from '../testing/sink.js'

const apiKey = 'an admin key of more than thirty-two characters'
const secret = 'whsec_of_the_crash_test'
const kills = 4
const paymentsBetweenKills = 15

let folder: string
let sink: Sink
let server: PosthornProcess | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-orders-crash-'))
  sink = await Sink.start()
})
afterEach(async () => {
  await server?.kill()
  await sink.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a server that is killed between receipt and consumer loses no payment and makes one order of each', { timeout: 60_000 }, async () => {
  server = await start()
  await call('POST', '/v1/organizations', { id: 'store', name: 'Store', catalog: 'bare-commerce' })
  await call('POST', '/v1/organizations/store/endpoints', { url: sink.url(), eventTypes: ['order.paid'] })

  let accepted = 0
  for (let kill = 0; kill < kills; kill++) {
    // All are answered, and the process is gone before it could take in more than some of them.
    const statuses = await Promise.all(Array.from({ length: paymentsBetweenKills }, (_, i) => pay(accepted + i)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    await server.kill()
    accepted += paymentsBetweenKills
    server = await start()
  }

  const numbers = Array.from({ length: accepted }, (_, i) => `ORD-${String(accepted - i).padStart(6, '0')}`)
  await eventually(async () => expect(await orderNumbers()).toEqual(numbers), 15_000)
  await eventually(async () => expect(new Set(paidOrders()).size).toBe(accepted), 15_000)
  // The same payments once more, by the other event that Stripe has for them: nothing is added.
  for (let i = 0; i < accepted; i += 7) await pay(i, 'charge.succeeded')
  await eventually(async () => expect((await call('GET', '/v1/organizations/store/consumers')).data).toMatchObject([{ name: 'orders', isBehind: false, deadLetters: 0 }]))
  expect(await orderNumbers()).toEqual(numbers)
  // A delivery may be repeated after a kill, an event never: each order has one event that says it was paid.
  const events = new Map(sink.received.map(({ id, body }) => [id, (JSON.parse(body) as { data: { orderNumber: string } }).data.orderNumber]))
  expect([...events.values()].sort()).toEqual([...numbers].sort())
})

function start(): Promise<PosthornProcess> {
  return PosthornProcess.start(['dev'], { folder, env: { POSTHORN_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: secret, POSTHORN_INSPECTOR: 'off' } })
}

async function pay(n: number, type: 'payment_intent.succeeded' | 'charge.succeeded' = 'payment_intent.succeeded'): Promise<number> {
  const money = { currency: 'usd', metadata: { organizationId: 'store' } }
  const object = type === 'payment_intent.succeeded'
    ? { id: `pi_${n}`, object: 'payment_intent', amount: 1_000 + n, amount_received: 1_000 + n, latest_charge: `ch_${n}`, ...money }
    : { id: `ch_${n}`, object: 'charge', payment_intent: `pi_${n}`, paid: true, captured: true, amount: 1_000 + n, amount_captured: 1_000 + n, amount_refunded: 0, ...money }
  const body = JSON.stringify({ id: `evt_${type}_${n}`, object: 'event', type, created: 1_767_225_600, data: { object } })
  const at = Math.floor(Date.now() / 1_000)
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  const answer = await fetch(`${(server as PosthornProcess).url}/webhooks/stripe`, { method: 'POST', headers: { 'stripe-signature': `t=${at},v1=${signature}` }, body })
  return answer.status
}

interface Answered { data: { orderNumber?: string }[]; next: string | null }

async function call(method: string, path: string, body?: object): Promise<Answered> {
  const answer = await fetch((server as PosthornProcess).url + path, { method, headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) })
  return await answer.json() as Answered
}

async function orderNumbers(): Promise<(string | undefined)[]> {
  return (await call('GET', '/v1/organizations/store/orders?limit=200')).data.map(({ orderNumber }) => orderNumber)
}

function paidOrders(): string[] {
  return sink.received.map(({ body }) => (JSON.parse(body) as { data: { orderNumber: string } }).data.orderNumber)
}
