import { createHmac } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import Stripe from 'stripe'
import { onEachDatabase } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { InboundServer } from '../testing/inbound-server.js'
import { Sink } from '../testing/sink.js'

const secret = 'whsec_of_this_test_and_no_other'
const stripe = new Stripe('sk_test_none')

let server: InboundServer
afterEach(() => server.stop())

onEachDatabase('receiving', (db) => {
  test('a Stripe event comes in and leaves signed at a subscriber: its own text to the byte, and what it means', async () => {
    const acme = await givenOrganization(db, 'acme')
    const sink = await Sink.start()
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { eventTypes: ['stripe.*', 'invoice.paid'] })
    server = await InboundServer.start(db, { builtIn: [{ name: 'stripe', provider: 'stripe', secrets: [secret], options: {} }] })

    const body = invoicePaid('acme')
    const answer = await server.send('/webhooks/stripe', body, signed(body, db.clock.now()))
    expect(answer).toMatchObject({ status: 200, body: { received: true } })

    const delivered = await sink.until(2)
    expect(delivered.map((each) => (JSON.parse(each.body) as { type: string }).type).sort()).toEqual(['invoice.paid', 'stripe.invoice.paid'])
    const native = delivered.find((each) => each.body.includes('stripe.invoice.paid'))
    expect(native?.body).toContain(body)
    expect(native?.headers['webhook-signature']).toMatch(/^v1,/)
    await sink.stop()

    const events = await server.events('acme')
    expect(events.map(({ type }) => type)).toEqual(['stripe.invoice.paid', 'invoice.paid'])
    expect(events[0]?.data).toBe(body)
    const { body: receipt } = await server.api('GET', `/receipts/${events[0]?.receiptId}`)
    expect(receipt).toMatchObject({ source: 'stripe', verdict: 'accepted', status: 200, organizationId: 'acme', eventCount: 2, content: { encoding: 'utf8', data: body } })
  })
})

/** As Stripe writes it: its numbers and spaces would not survive a parser. */
function invoicePaid(organizationId: string, id = 'evt_1'): string {
  return `{"id": "${id}", "object": "event",  "created": 1736761200, "type": "invoice.paid", "data": {"object": {"id": "in_1", "object": "invoice", "amount_paid": 9900, "currency": "usd", "customer": "cus_1",
    "status": "paid", "rate": 1.0, "metadata": {"organizationId": "${organizationId}"}, "status_transitions": {"paid_at": 1736761199}}}}`
}

function signed(body: string, now: number, key = secret): Record<string, string> {
  return { 'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret: key, timestamp: Math.floor(now / 1000) }) }
}

export const hmac = (text: string, key: string, encoding: 'hex' | 'base64' = 'hex'): string => createHmac('sha256', key).update(text).digest(encoding)
