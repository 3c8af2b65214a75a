import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@posthorn/webhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../testing/given-sink-endpoint.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { Sink, type Received } from '../testing/sink.js'
import { StubbornStripe, type StripeWebhook } from '../testing/stubborn-stripe.js'

const apiKey = 'an admin key of more than thirty-two characters'
const stripeSecret = 'whsec_of_the_crash_test_of_sources'
const kills = 4
/** Between two kills at least so many are accepted, however slow the machine. */
const acceptedBetweenKills = 60
const atATime = 16
/** Of so many webhooks, one tells of a payment that the one before it has told already. */
const toldTwiceEvery = 5

let folder: string
let sink: Sink
let server: PosthornProcess
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-sources-crash-'))
  sink = await Sink.start()
})
afterEach(async () => {
  await (server as PosthornProcess | undefined)?.kill()
  await sink.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a server that is killed while webhooks come in and orders go out keeps each webhook once and makes one order of each payment', { timeout: 60_000 }, async () => {
  const startedAt = performance.now()
  server = await start()
  await call('POST', '/v1/organizations', { id: 'store', name: 'Store', catalog: 'bare-commerce' })
  const { secret } = await call<{ secret: string }>('POST', '/v1/organizations/store/endpoints', {
    url: sink.url(), eventTypes: ['order.created', 'order.paid'], retryPolicy: { schedule: ['0s', '100ms', '200ms', '500ms', '1s', '1s', '1s', '1s'] },
  })

  const stripe = new StubbornStripe({ url: () => `${server.url}/webhooks/stripe`, secret: stripeSecret, webhook })
  stripe.start(atATime)
  for (let killed = 0; killed < kills; killed++) {
    const acceptedBefore = stripe.accepted.size
    await until(() => stripe.accepted.size >= acceptedBefore + acceptedBetweenKills)
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * 100) })
    // Only a kill in the midst of webhooks counts.
    while (stripe.inFlight === 0) await new Promise((resolve) => { setImmediate(resolve) })
    await server.kill()
    server = await start()
  }
  await stripe.stop()
  expect(stripe.refusals).toEqual([])
  expect(stripe.accepted.size).toBe(stripe.made)

  const payments = [...new Set(Array.from({ length: stripe.made }, (_, n) => paymentOf(n)))]
  const wantedNumbers = payments.map((_, i) => `ORD-${String(i + 1).padStart(6, '0')}`)
  await eventually(async () => expect((await orders()).length).toBeGreaterThanOrEqual(payments.length), 15_000)
  await eventually(async () => {
    for (const type of orderTypes) expect(told(type).size).toBeGreaterThanOrEqual(payments.length)
  }, 15_000)
  await eventually(async () => expect((await call<Page<object>>('GET', '/v1/organizations/store/consumers')).data).toMatchObject([{ name: 'orders', isBehind: false, deadLetters: 0 }]), 15_000)

  const made = await orders()
  const accepted = await listed<Receipt>('/v1/receipts?verdict=accepted')
  const duplicates = await listed<Receipt>('/v1/receipts?verdict=duplicate')
  const refused = await listed<Receipt>('/v1/receipts?verdict=refused')
  const kept = new Map(accepted.map((receipt) => [receipt.id, receipt.dedupeId]))
  const known = new Set(kept.values())
  const signed = await Promise.all(sink.received.map((received) => verify(asSent(received), { scheme: 'bare-commerce', secrets: [secret] })))
  const ledger = {
    kills, 'webhooks accepted': stripe.accepted.size, 'sent without an answer': stripe.unanswered,
    'receipts of accepted webhooks': accepted.length, 'receipts that name the first': duplicates.length,
    'accepted, and no receipt': [...stripe.accepted].filter((id) => !known.has(id)).length,
    payments: payments.length, orders: made.length, 'order.created told': told('order.created').size, 'order.paid told': told('order.paid').size,
    'deliveries that came again': sink.received.length - new Set(sink.received.map(({ id }) => id)).size, 'deliveries with a wrong signature': signed.filter(({ ok }) => !ok).length,
    seconds: ((performance.now() - startedAt) / 1000).toFixed(1),
  }
  process.stdout.write(`\nThe ledger of inbound webhooks\n${Object.entries(ledger).map(([entry, value]) => `  ${entry.padEnd(34)} ${value}`).join('\n')}\n\n`)

  // Each webhook lies in one receipt; what Stripe had to send again, though it was stored, is told as the duplicate of that one.
  expect(accepted.map(({ dedupeId }) => dedupeId).sort()).toEqual([...stripe.accepted].sort())
  for (const { duplicateOf, dedupeId } of duplicates) expect(kept.get(duplicateOf ?? '')).toBe(dedupeId)
  expect(duplicates.length).toBeLessThanOrEqual(stripe.unanswered)
  expect(refused).toEqual([])

  // Each payment is one order, and no number is left out. (Each payment has an amount of its own.)
  expect(made.map(({ orderNumber }) => orderNumber).sort()).toEqual(wantedNumbers)
  expect(made.map(({ total }) => total).sort()).toEqual(payments.map(totalOf).sort())

  // A delivery may come again after a kill, under the same id and with the same bytes; an event is made once.
  expect(signed.filter(({ ok }) => !ok)).toEqual([])
  for (const type of orderTypes) expect([...told(type).values()].sort()).toEqual(wantedNumbers)
  const bodies = new Map<string, string>()
  for (const { id, body } of sink.received) {
    expect(body).toBe(bodies.get(id) ?? body)
    bodies.set(id, body)
  }
})

const orderTypes = ['order.created', 'order.paid']

/** The payment that the n-th webhook tells of. */
function paymentOf(n: number): number {
  return n % toldTwiceEvery === toldTwiceEvery - 1 ? n - 1 : n
}

const totalOf = (payment: number): string => ((1_000 + payment) / 100).toFixed(2)

function webhook(n: number): StripeWebhook {
  const payment = paymentOf(n)
  const amount = 1_000 + payment
  const money = { currency: 'usd', customer: `cus_${payment % 7}`, metadata: { organizationId: 'store' } }
  const [type, object] = payment === n
    ? ['payment_intent.succeeded', { id: `pi_${payment}`, object: 'payment_intent', status: 'succeeded', amount, amount_received: amount, latest_charge: `ch_${payment}`, ...money }]
    : ['charge.succeeded', { id: `ch_${payment}`, object: 'charge', status: 'succeeded', payment_intent: `pi_${payment}`, paid: true, captured: true, amount, amount_captured: amount, amount_refunded: 0, ...money }]
  const id = `evt_${String(n).padStart(6, '0')}`
  return { id, body: JSON.stringify({ id, object: 'event', api_version: '2025-09-30.clover', created: 1_767_225_600, type, livemode: true, data: { object } }, null, 2) }
}

function start(): Promise<PosthornProcess> {
  return PosthornProcess.start(['dev', '--inspector', 'off'], { folder, env: { POSTHORN_API_KEY: apiKey, STRIPE_WEBHOOK_SECRET: stripeSecret } })
}

interface Page<Item> { data: Item[]; next: string | null }
interface Receipt { id: string; dedupeId: string; duplicateOf: string | null }
interface Order { orderNumber: string; total: string }

async function call<Told>(method: string, path: string, body?: object): Promise<Told> {
  const answer = await fetch(server.url + path, { method, headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  expect(answer.status, text).toBeLessThan(300)
  return JSON.parse(text) as Told
}

/** All of a list, page by page. */
async function listed<Item>(path: string): Promise<Item[]> {
  const all: Item[] = []
  for (let next: string | null = ''; next !== null;) {
    const page: Page<Item> = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200${next === '' ? '' : `&after=${next}`}`)
    all.push(...page.data)
    next = page.next
  }
  return all
}

function orders(): Promise<Order[]> {
  return listed('/v1/organizations/store/orders')
}

/** The events of a type that reached the sink, by id, with the number of their order. */
function told(type: string): Map<string, string> {
  return new Map(sink.received.flatMap(({ id, body }) => {
    const envelope = JSON.parse(body) as { type: string; data: { orderNumber: string } }
    return envelope.type === type ? [[id, envelope.data.orderNumber] as const] : []
  }))
}

function asSent({ method, path, headers, body }: Received) {
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
  return { method, url: path, headers: pairs, body: Buffer.from(body) }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 10) })
}
