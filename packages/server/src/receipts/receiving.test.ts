import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import Stripe from 'stripe'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { InboundServer, type Answered } from '../testing/inbound-server.js'
import { Sink } from '../testing/sink.js'
import { sweep } from '../retention/sweep.js'
import { sql } from '../storage/sql.js'

const secret = 'whsec_of_this_test_and_no_other'
const stripe = new Stripe('sk_test_none')
const days = 86_400_000

let server: InboundServer
afterEach(async () => {
  await server.stop()
  expect(server.faults).toEqual([])
})

onEachDatabase('receiving', (db) => {
  test('a Stripe event comes in and leaves signed at a subscriber: its own text to the byte, and what it means', async () => {
    const acme = await givenOrganization(db, 'acme')
    const sink = await Sink.start()
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { eventTypes: ['stripe.*', 'invoice.paid'] })
    await givenStripe(db)

    const body = invoicePaid('acme')
    expect(await send(db, body)).toMatchObject({ status: 200, body: { received: true } })

    const delivered = await sink.until(2)
    expect(delivered.map((each) => (JSON.parse(each.body) as { type: string }).type).sort()).toEqual(['invoice.paid', 'stripe.invoice.paid'])
    const native = delivered.find((each) => each.body.includes('stripe.invoice.paid'))
    expect(native?.body).toContain(body)
    expect(native?.headers['webhook-signature']).toMatch(/^v1,/)
    await sink.stop()

    const events = await server.events('acme')
    expect(events.map(({ type, occurredAt }) => [type, occurredAt])).toEqual([['stripe.invoice.paid', '2025-01-13T09:40:00.000Z'], ['invoice.paid', '2025-01-13T09:40:00.000Z']])
    expect(events[0]?.data).toBe(body)
    expect(await receiptOf(events[0]?.receiptId)).toMatchObject({
      source: 'stripe', verdict: 'accepted', status: 200, organizationId: 'acme', unassigned: false, eventCount: 2, content: { encoding: 'utf8', data: body },
      events: [{ type: 'stripe.invoice.paid', organizationId: 'acme' }, { type: 'invoice.paid' }],
    })
  })

  describe('duplicates', () => {
    test('the same event again is answered 200, has a receipt that names the first, and is told once', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      for (let n = 0; n < 3; n++) expect((await send(db, invoicePaid('acme'))).status).toBe(200)
      expect(await server.events('acme')).toHaveLength(2)
      const [third, second, first] = await receipts()
      expect([first, second, third]).toMatchObject([{ verdict: 'accepted' }, { verdict: 'duplicate', duplicateOf: first?.['id'], eventCount: 0 }, { verdict: 'duplicate', duplicateOf: first?.['id'] }])
    })

    test('many at once are told once', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await Promise.all(Array.from({ length: 20 }, () => send(db, invoicePaid('acme'))))
      expect(await server.events('acme')).toHaveLength(2)
      expect((await receipts()).filter(({ verdict }) => verdict === 'accepted')).toHaveLength(1)
    })

    test('retried unchanged after seven days it is still known, and for all of thirty', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, invoicePaid('acme'))
      for (const later of [7, 22]) {
        db.clock.advance(later * days)
        for (;;) if (!(await sweep(db, { payloadsBefore: db.clock.now() - 30 * days, attemptsBefore: db.clock.now() - 30 * days, keysBefore: db.clock.now() - 30 * days, batch: 100 })).more) break
        await send(db, invoicePaid('acme'))
        expect((await receipts())[0]).toMatchObject({ verdict: 'duplicate' })
      }
      expect(await server.events('acme')).toHaveLength(2)
    })

    test('what was kept long enough goes: receipts, keys and counts', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, invoicePaid('acme'))
      db.clock.advance(31 * days)
      const before = db.clock.now() - 30 * days
      for (;;) if (!(await sweep(db, { payloadsBefore: before, attemptsBefore: before, keysBefore: before, batch: 1 })).more) break
      expect(await db.all(sql`select id from receipts union all select receipt_id from receipt_keys`)).toEqual([])
      await send(db, invoicePaid('acme'))
      expect(await receipts()).toMatchObject([{ verdict: 'accepted' }])
    })

    test('where the id is not signed, a known body under another id is a duplicate; under another topic it is another event', async () => {
      await givenOrganization(db, 'shop')
      await givenSource(db, { name: 'shopify', provider: 'shopify', secrets: [secret], organizationId: 'shop' })
      const body = '{"id":820982911946154508,"total_price":"99.99","currency":"USD"}'
      const shopify = (topic: string, id: string) => server.send('/webhooks/shopify', body, { 'x-shopify-hmac-sha256': hmac(body, secret, 'base64'), 'x-shopify-topic': topic, 'x-shopify-event-id': id })
      await shopify('orders/create', 'a')
      await shopify('orders/create', 'b')
      await shopify('orders/paid', 'c')
      expect((await receipts()).map(({ verdict }) => verdict)).toEqual(['accepted', 'duplicate', 'accepted'])
      expect((await server.events('shop')).map(({ type }) => type)).toEqual(['shopify.orders.create', 'order.created', 'shopify.orders.paid'])
      expect((await server.events('shop'))[1]?.data).toContain('"orderId":"820982911946154508"')
    })

    test('two events of a provider that mean the same are two of its own and one of ours', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, invoicePaid('acme', 'evt_1'))
      await send(db, invoicePaid('acme', 'evt_2').replace('"type": "invoice.paid"', '"type": "invoice.payment_succeeded"'))
      expect((await server.events('acme')).map(({ type }) => type)).toEqual(['stripe.invoice.paid', 'invoice.paid', 'stripe.invoice.payment_succeeded'])
    })
  })

  describe('refusals', () => {
    test('an invalid Stripe signature is answered 400 with the reason, and kept', async () => {
      await givenStripe(db)
      const answer = await send(db, invoicePaid('acme'), 'whsec_another')
      expect(answer).toMatchObject({ status: 400, body: { code: 'signature_mismatch', status: 400, detail: expect.stringMatching(/\w+/) } })
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(await receipts()).toMatchObject([{ verdict: 'refused', status: 400, code: 'signature_mismatch', reason: answer.body['detail'], eventCount: 0 }])
    })

    test('refused, then the secret is corrected, then replayed: it becomes its events, however late', async () => {
      await givenOrganization(db, 'acme')
      await givenSource(db, { name: 'billing', provider: 'stripe', secrets: ['whsec_mistyped'] })
      const body = invoicePaid('acme')
      await server.send('/webhooks/billing', body, signed(body, db.clock.now()))
      const [refused] = await receipts()
      const id = String(refused?.['id'])
      expect(await server.api('POST', `/receipts/${id}/replay`)).toMatchObject({ status: 200, body: { verdict: 'refused', code: 'signature_mismatch' } })

      db.clock.advance(3 * days)
      expect((await server.api('PATCH', '/sources/billing', { secrets: [secret] })).status).toBe(200)
      expect(await server.api('POST', `/receipts/${id}/replay`)).toMatchObject({ status: 200, body: { verdict: 'accepted', status: 200, code: null, reason: null, eventCount: 2, organizationId: 'acme', replayedAt: '2026-01-18T12:00:00.000Z' } })
      expect((await server.events('acme')).map(({ type }) => type)).toEqual(['stripe.invoice.paid', 'invoice.paid'])
      expect(await server.api('POST', `/receipts/${id}/replay`)).toMatchObject({ status: 409, body: { code: 'receipt_settled' } })

      // The provider comes again meanwhile: it was told already.
      await server.send('/webhooks/billing', body, signed(body, db.clock.now()))
      expect((await receipts())[0]).toMatchObject({ verdict: 'duplicate', duplicateOf: id })
    })

    test('a replay of what came again and was accepted meanwhile is a duplicate', async () => {
      await givenOrganization(db, 'acme')
      await givenSource(db, { name: 'billing', provider: 'stripe', secrets: ['whsec_mistyped'] })
      const body = invoicePaid('acme')
      await server.send('/webhooks/billing', body, signed(body, db.clock.now()))
      await server.api('PATCH', '/sources/billing', { secrets: [secret] })
      await server.send('/webhooks/billing', body, signed(body, db.clock.now()))
      const refused = (await receipts())[1]
      expect(await server.api('POST', `/receipts/${String(refused?.['id'])}/replay`)).toMatchObject({ status: 200, body: { verdict: 'duplicate', eventCount: 0 } })
      expect(await server.events('acme')).toHaveLength(2)
    })

    test('a flood of garbage is answered and counted, and little of it is kept', async () => {
      await givenStripe(db)
      const garbage = 'x'.repeat(40_000)
      for (let n = 0; n < 15; n++) await Promise.all(Array.from({ length: 20 }, () => server.send('/webhooks/stripe', garbage)))
      const kept = await db.first<{ receipts: number; bytes: number }>(sql`select count(*) as receipts, sum(length(body)) as bytes from receipts`)
      expect(Number(kept?.receipts)).toBe(60)
      expect(Number(kept?.bytes)).toBeLessThan(1024 * 1024)
      db.clock.advance(60_000)
      await send(db, '{}')
      await expect.poll(async () => Number((await db.first<{ count: number }>(sql`select sum(count) as count from source_counts where verdict = 2`))?.count)).toBe(300)
      expect((await receipts())[0]).toMatchObject({ verdict: 'accepted' })
    })

    test('a source that refuses everything raises an alert, once; one accepted request says that it works', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      const alerts = async () => (await server.events('operator')).filter(({ type }) => type === 'posthorn.source.refusing')
      for (let n = 0; n < 9; n++) await send(db, invoicePaid('acme'), 'whsec_another')
      await send(db, invoicePaid('acme'))
      for (let n = 0; n < 25; n++) await send(db, invoicePaid('acme'), 'whsec_another')
      const [alert, ...more] = await alerts()
      expect(JSON.parse(alert?.data ?? '')).toMatchObject({ source: 'stripe', provider: 'stripe', refusedInARow: 10, since: '2026-01-15T12:00:00.000Z', code: 'signature_mismatch', reason: expect.any(String) })
      expect(more).toEqual([])
    })

    test('a source that is not there answers 404, and leaves nothing', async () => {
      await givenStripe(db)
      for (const name of ['paypal', 'a%2Fb', '..%2f', '%00', '%ff', '~1~stripe']) expect((await server.send(`/webhooks/${name}`, '{}')).status).toBe(404)
      expect(await receipts()).toEqual([])
    })
  })

  describe('whose event it is', () => {
    const told = (more: string) => `{"id":"evt_${Math.random()}","type":"customer.updated","data":{"object":{${more}}}}`

    test.each([
      ['metadata.organizationId', '"metadata":{"organizationId":"acme"},"client_reference_id":"other"'],
      ['metadata.organization_id', '"metadata":{"organization_id":"acme"}'],
      ['client_reference_id', '"client_reference_id":"acme"'],
      ['client_reference_id, where the metadata names nobody', '"metadata":{"organizationId":"nobody"},"client_reference_id":"acme"'],
      ['the customer that is linked', '"customer":"cus_linked"'],
      ['the expanded customer that is linked', '"customer":{"id":"cus_linked"}'],
      ['the customer itself', '"id":"cus_linked","object":"customer"'],
    ])('%s says so', async (_, more) => {
      await givenOrganization(db, 'acme')
      await givenOrganization(db, 'other')
      await givenStripe(db)
      expect((await server.api('POST', '/source-links', { provider: 'stripe', account: 'cus_linked', organizationId: 'acme' })).status).toBe(201)
      await send(db, told(more))
      expect(await server.events('acme')).toHaveLength(1)
      expect((await receipts())[0]).toMatchObject({ organizationId: 'acme', unassigned: false })
    })

    test("a source's own organization counts before all that", async () => {
      await givenOrganization(db, 'acme')
      await givenOrganization(db, 'other')
      await givenSource(db, { name: 'acmes', provider: 'stripe', secrets: [secret], organizationId: 'acme' })
      const body = told('"metadata":{"organizationId":"other"}')
      await server.send('/webhooks/acmes', body, signed(body, db.clock.now()))
      expect(await server.events('acme')).toHaveLength(1)
    })

    test('who was named once is known by the customer from then on', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, told('"client_reference_id":"acme","customer":"cus_9"'))
      await send(db, told('"customer":"cus_9"'))
      expect(await server.events('acme')).toHaveLength(2)
      expect((await server.api('GET', '/source-links?organizationId=acme')).body.data).toMatchObject([{ provider: 'stripe', account: 'cus_9', organizationId: 'acme', learned: true }])
    })

    test("nobody's is the operator's, marked; once it is linked, a replay gives it to its organization", async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, told('"customer":"cus_unknown"'))
      expect(await server.events('operator')).toHaveLength(1)
      const { body: { data: [receipt] = [] } } = await server.api('GET', '/receipts?unassigned=true')
      expect(receipt).toMatchObject({ verdict: 'accepted', organizationId: 'operator', unassigned: true })
      const path = `/receipts/${String(receipt?.['id'])}/replay`
      expect(await server.api('POST', path)).toMatchObject({ status: 409, body: { code: 'conflict' } })

      await server.api('POST', '/source-links', { provider: 'stripe', account: 'cus_unknown', organizationId: 'acme' })
      expect(await server.api('POST', path)).toMatchObject({ status: 200, body: { organizationId: 'acme', unassigned: false } })
      expect(await server.events('acme')).toHaveLength(1)
      expect(await server.events('operator')).toHaveLength(1)
      expect(await server.api('POST', path)).toMatchObject({ status: 409, body: { code: 'receipt_settled' } })
    })

    test('or the operator says outright whose it is', async () => {
      await givenOrganization(db, 'acme')
      await givenStripe(db)
      await send(db, told('"customer":"cus_unknown"'))
      const [receipt] = await receipts()
      expect(await server.api('POST', `/receipts/${String(receipt?.['id'])}/replay`, { organizationId: 'nobody' })).toMatchObject({ status: 422 })
      expect(await server.api('POST', `/receipts/${String(receipt?.['id'])}/replay`, { organizationId: 'acme' })).toMatchObject({ status: 200, body: { organizationId: 'acme' } })
    })

    test('an organization that is gone has nothing any more', async () => {
      await givenOrganization(db, 'acme')
      await givenSource(db, { name: 'acmes', provider: 'stripe', secrets: [secret], organizationId: 'acme' })
      expect((await server.api('DELETE', '/organizations/acme')).status).toBe(204)
      const body = told('"metadata":{"organizationId":"acme"}')
      expect((await server.send('/webhooks/acmes', body, signed(body, db.clock.now()))).status).toBe(200)
      expect((await receipts())[0]).toMatchObject({ organizationId: 'operator', unassigned: true })
    })
  })

  test('the parts of a batch are events of their own, each known by its own id', async () => {
    await givenOrganization(db, 'acme')
    await givenSource(db, { name: 'whatsapp', provider: 'whatsapp', secrets: [secret], verifyToken: 'token', organizationId: 'acme' })
    const message = (id: string) => `{"from":"16505551234", "id":"${id}","timestamp":"1767225600","type":"text","text":{"body":"hi"}}`
    const batch = (...ids: string[]) => `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"messages":[${ids.map(message).join(', ')}],"metadata":{"phone_number_id":"7"}},"field":"messages"}]}]}`
    const whatsapp = (body: string) => server.send('/webhooks/whatsapp', body, { 'x-hub-signature-256': `sha256=${hmac(body, secret)}` })
    await whatsapp(batch('wamid.1', 'wamid.2'))
    await whatsapp(batch('wamid.2', 'wamid.3'))
    await whatsapp(batch('wamid.1', 'wamid.3'))
    expect((await receipts()).map(({ verdict, eventCount }) => [verdict, eventCount])).toEqual([['duplicate', 0], ['accepted', 2], ['accepted', 4]])
    const events = await server.events('acme')
    expect(events.map(({ type }) => type)).toEqual(['whatsapp.messages', 'message.received', 'whatsapp.messages', 'message.received', 'whatsapp.messages', 'message.received'])
    expect(events[0]?.data).toBe(batch('wamid.1'))
    expect(events[4]?.data).toBe(batch('wamid.3'))
  })

  test('an event of more than 256 KiB is kept and shown, not sent on', async () => {
    await givenOrganization(db, 'acme')
    await givenStripe(db)
    const body = invoicePaid('acme').replace('"rate": 1.0', `"note": "${'x'.repeat(300_000)}"`)
    expect((await send(db, body)).status).toBe(200)
    expect((await receipts())[0]).toMatchObject({ verdict: 'accepted', body: 'too_large_to_send', bodyBytes: body.length })
    expect((await server.events('acme')).map(({ type }) => type)).toEqual(['invoice.paid'])
  })

  test('bytes that are no text are kept as they came, and shown in base64', async () => {
    await givenSource(db, { name: 'raw', provider: 'generic', secrets: [secret], header: 'x-signature' })
    const body = Buffer.from([0, 255, 254, 10, 0])
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    expect((await server.send('/webhooks/raw', body, { 'x-signature': signature, 'content-type': 'application/octet-stream' })).status).toBe(200)
    const [receipt] = await receipts()
    expect(await receiptOf(String(receipt?.['id']))).toMatchObject({ verdict: 'accepted', body: 'too_large_to_send', eventCount: 0, content: { encoding: 'base64', data: body.toString('base64') } })
  })

  test('text that a database cannot hold comes through in escapes', async () => {
    await givenOrganization(db, 'acme')
    await givenStripe(db)
    const body = '{"id":"evt_\\u0000\\ud800","type":"a\\u0000b","data":{"object":{"customer":"cus_\\u0000","metadata":{"organizationId":"\\u0000"},"client_reference_id":"acme"}}}'
    expect((await send(db, body)).status).toBe(200)
    expect((await server.events('acme'))[0]).toMatchObject({ type: 'stripe.a.b', data: body })
  })
})

async function givenStripe(db: TestDatabase): Promise<void> {
  server = await InboundServer.start(db, { builtIn: [{ name: 'stripe', provider: 'stripe', secrets: [secret], options: {} }] })
}

async function givenSource(db: TestDatabase, source: object): Promise<void> {
  server = await InboundServer.start(db)
  const made = await server.api('POST', '/sources', source)
  expect(made.status, made.text).toBe(201)
}

function send(db: TestDatabase, body: string, key = secret): Promise<Answered> {
  return server.send('/webhooks/stripe', body, signed(body, db.clock.now(), key))
}

/** Newest first. */
async function receipts(): Promise<Record<string, unknown>[]> {
  return (await server.api('GET', '/receipts?limit=200')).body.data ?? []
}

async function receiptOf(id: string | undefined): Promise<Record<string, unknown>> {
  return (await server.api('GET', `/receipts/${id}`)).body
}

/** As Stripe writes it: its numbers and spaces would not survive a parser. */
function invoicePaid(organizationId: string, id = 'evt_1'): string {
  return `{"id": "${id}", "object": "event",  "created": 1736761200, "type": "invoice.paid", "data": {"object": {"id": "in_1", "object": "invoice", "amount_paid": 9900, "currency": "usd", "customer": "cus_1",
    "status": "paid", "rate": 1.0, "metadata": {"organizationId": "${organizationId}"}, "status_transitions": {"paid_at": 1736761199}}}}`
}

function signed(body: string, now: number, key = secret): Record<string, string> {
  return { 'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret: key, timestamp: Math.floor(now / 1000) }) }
}

function hmac(text: string, key: string, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHmac('sha256', key).update(text).digest(encoding)
}
