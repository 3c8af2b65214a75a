import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Posthorn, type PosthornEvent, type PosthornOptions } from '../index.js'
import { eventually } from '../testing/given-sink-endpoint.js'
import { Sink } from '../testing/sink.js'

const apiKey = 'an admin key of more than thirty-two characters'
const stripeSecret = 'whsec_stripe_tests'

let folder: string
let running: Posthorn[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-embedded-'))
  running = []
})
afterEach(async () => {
  for (const posthorn of running) await posthorn.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('an embedded Posthorn', () => {
  test('tells a handler of what is published, in order, with the data as it was', async () => {
    const seen: PosthornEvent[] = []
    const posthorn = await started({}, (made) => made.on('order.*', { name: 'emails' }, (event) => { seen.push(event) }))
    await organization(posthorn, 'acme')
    await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: { n: 1 }, id: 'mine' })
    await posthorn.publish({ organizationId: 'acme', type: 'cart.updated', data: {} })
    const { id } = await posthorn.publish({ organizationId: 'acme', type: 'order.paid', data: { n: 2 }, occurredAt: new Date(0) })
    await eventually(async () => expect(seen).toHaveLength(2))
    expect(seen).toMatchObject([{ id: 'mine', type: 'order.created', organizationId: 'acme', data: { n: 1 }, text: '{"n":1}' }, { id, type: 'order.paid', occurredAt: '1970-01-01T00:00:00.000Z' }])
  })

  test('goes on where it was after a restart, and knows an event by its id', async () => {
    const seen: string[] = []
    const watch = (made: Posthorn) => made.on('order.*', { name: 'emails' }, ({ id }) => { seen.push(id) })
    const first = await started({}, watch)
    await organization(first, 'acme')
    await first.publish({ organizationId: 'acme', type: 'order.created', data: {}, id: 'one' })
    await eventually(async () => expect(seen).toEqual(['one']))
    await first.stop()

    const idle = await started()
    await idle.publish({ organizationId: 'acme', type: 'order.created', data: {}, id: 'two' })
    await idle.stop()
    const second = await started({}, watch)
    expect(await second.publish({ organizationId: 'acme', type: 'order.created', data: {}, id: 'one' })).toEqual({ id: 'one' })
    await eventually(async () => expect(seen).toEqual(['one', 'two']))
  })

  test('tries a handler that fails again, then puts the event aside and goes on; a dead letter can be replayed', async () => {
    const tries: string[] = []
    let isBroken = true
    const posthorn = await started({}, (made) => made.on<{ n: number }>('order.*', { name: 'emails', retry: ['1ms', '1ms'] }, ({ data }) => {
      tries.push(`${data.n}`)
      if (data.n === 1 && isBroken) throw new Error('The mail server is away.')
    }))
    await organization(posthorn, 'acme')
    for (const n of [1, 2]) await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: { n } })
    await eventually(async () => expect(tries).toEqual(['1', '1', '1', '2']), 10_000)

    const path = '/v1/organizations/acme/consumers/app:emails/dead-letters'
    let letter: { [field: string]: unknown } = {}
    await eventually(async () => {
      const { data } = await call(posthorn, 'GET', path)
      expect(data).toMatchObject([{ attempts: 3, reason: 'The mail server is away.', eventType: 'order.created' }])
      letter = data[0] as typeof letter
    })
    isBroken = false
    await call(posthorn, 'POST', `${path}/${String(letter['id'])}/replay`)
    await eventually(async () => expect((await call(posthorn, 'GET', path)).data).toEqual([]))
    expect(tries).toEqual(['1', '1', '1', '2', '1'])
    expect((await call(posthorn, 'GET', '/v1/organizations/acme/consumers')).data).toMatchObject([{ name: 'app:emails', isBehind: false, attempts: 0, deadLetters: 0 }])
  })

  test('a handler that takes too long has failed, and one organization never waits for another', async () => {
    const seen: string[] = []
    const posthorn = await started({}, (made) => made.on('order.*', { name: 'slow', timeout: '50ms', retry: [] }, async ({ organizationId }) => {
      if (organizationId === 'stuck') await new Promise((resolve) => setTimeout(resolve, 500).unref())
      seen.push(organizationId)
    }))
    for (const id of ['stuck', 'acme']) await organization(posthorn, id)
    await posthorn.publish({ organizationId: 'stuck', type: 'order.created', data: {} })
    await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: {} })
    await eventually(async () => expect((await call(posthorn, 'GET', '/v1/organizations/stuck/consumers/app:slow/dead-letters')).data).toMatchObject([{ reason: 'The handler took longer than 50 ms.' }]))
    expect(seen[0]).toBe('acme')
  })

  test('a new handler begins with what comes from now on', async () => {
    const first = await started()
    await organization(first, 'acme')
    await first.publish({ organizationId: 'acme', type: 'order.created', data: {}, id: 'before' })
    await first.stop()
    const seen: string[] = []
    const second = await started({}, (made) => made.on('*', ({ id }) => { seen.push(id) }))
    await organization(second, 'newer')
    await second.publish({ organizationId: 'acme', type: 'order.created', data: {}, id: 'after' })
    await second.publish({ organizationId: 'newer', type: 'order.created', data: {}, id: 'newer' })
    await eventually(async () => expect(seen.sort()).toEqual(['after', 'newer']))
  })

  test('two in one process know nothing of each other', async () => {
    const seen: string[] = []
    const [one, two] = await Promise.all(['one', 'two'].map((name) => started({ database: `sqlite:${folder}/${name}.db` }, (made) => made.on('*', { name: 'watch' }, ({ organizationId }) => { seen.push(`${name} ${organizationId}`) }))))
    await organization(one as Posthorn, 'acme')
    await organization(two as Posthorn, 'globex')
    await one?.publish({ organizationId: 'acme', type: 'order.created', data: {} })
    await two?.publish({ organizationId: 'globex', type: 'order.created', data: {} })
    await eventually(async () => expect(seen.sort()).toEqual(['one acme', 'two globex']))
    await expect(one?.publish({ organizationId: 'globex', type: 'order.created', data: {} })).rejects.toThrow('There is no organization "globex".')
  })

  test('does everything on SQLite, where nobody else could', async () => {
    const posthorn = make()
    await expect(posthorn.start({ roles: ['api', 'deliver'] })).rejects.toThrow('dispatch, consume, housekeeping would be done by nobody')
    await posthorn.start({ roles: ['dispatch', 'deliver', 'consume', 'housekeeping'] })
  })

  test('refuses what cannot work, with all that is wrong', () => {
    expect(() => new Posthorn({ database: 'mysql://x', deliveryTimeout: '1h' })).toThrow(/database[^]*deliveryTimeout/)
    const posthorn = make()
    expect(() => posthorn.on('order..x', () => {})).toThrow('"order..x" is neither an event type')
    expect(() => posthorn.on('order.*', () => {}).on('order.*', () => {})).toThrow('Two handlers have the name "order.*"')
    expect(() => posthorn.on('a', { timeout: 'soon' }, () => {})).toThrow('timeout: "soon" is not a duration')
  })

  test('before start and after stop it says so', async () => {
    const posthorn = make()
    await expect(posthorn.publish({ organizationId: 'acme', type: 'order.created', data: {} })).rejects.toThrow('Posthorn is not running.')
    expect((await posthorn.fetch(new Request('http://localhost/healthz'))).status).toBe(503)
    await posthorn.start()
    expect(() => posthorn.on('order.*', () => {})).toThrow('Call on() before start()')
    await expect(posthorn.start()).rejects.toThrow('started already')
    await posthorn.stop()
    await posthorn.stop()
  })

  test('an organization of devsphere publishes the types of its catalog only', async () => {
    const posthorn = await started()
    await call(posthorn, 'POST', '/v1/organizations', { id: 'dev', name: 'dev', catalog: 'devsphere' })
    await expect(posthorn.publish({ organizationId: 'dev', type: 'order.created', data: {} })).rejects.toThrow('"order.created" is not in the catalog "devsphere".')
  })
})

describe('from the provider to the subscriber', () => {
  let sink: Sink
  beforeEach(async () => { sink = await Sink.start() })
  afterEach(() => sink.stop())

  test('a paid Stripe checkout that comes in leaves as a signed order.paid of BareCommerce', async () => {
    const posthorn = await started({ stripeWebhookSecret: stripeSecret })
    await call(posthorn, 'POST', '/v1/organizations', { id: 'store_xyz', name: 'Store', catalog: 'bare-commerce' })
    const { secret } = await call(posthorn, 'POST', '/v1/organizations/store_xyz/endpoints', { url: sink.url(), eventTypes: ['order.paid'] })

    const body = JSON.stringify({
      id: 'evt_1', object: 'event', type: 'checkout.session.completed', created: 1_767_225_600,
      data: { object: { id: 'cs_1', object: 'checkout.session', mode: 'payment', payment_status: 'paid', payment_intent: 'pi_1', amount_total: 9_999, currency: 'usd', customer: 'cus_1', metadata: { organizationId: 'store_xyz' } } },
    })
    for (let i = 0; i < 2; i++) expect((await posthorn.fetch(stripeRequest(body))).status).toBe(200)

    const [request] = await sink.until(1)
    const sent = JSON.parse(request?.body as string)
    expect(sent).toEqual({
      type: 'order.paid', id: request?.id, timestamp: expect.any(String), storeId: 'store_xyz',
      data: { id: expect.stringMatching(/^order_/), orderNumber: 'ORD-000001', customerId: 'cus_1', total: '99.99', status: 'paid', paymentStatus: 'succeeded', items: [], shippingAddress: null },
    })
    expect(request?.headers['x-webhook-signature']).toBe(createHmac('sha256', secret as string).update(request?.body as string).digest('hex'))
    expect((await call(posthorn, 'GET', '/v1/organizations/store_xyz/orders')).data).toMatchObject([{ orderNumber: 'ORD-000001', currency: 'USD' }])
    expect(await call(posthorn, 'GET', `/v1/organizations/store_xyz/events/${request?.id}`)).toMatchObject({ origin: 'consumer', receiptId: expect.stringMatching(/^rcp_/) })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(sink.received).toHaveLength(1)
  })

  test('a Stripe subscription that comes in is the billing of a Better Data organization', async () => {
    const posthorn = await started({ stripeWebhookSecret: stripeSecret, plans: { pro: { match: ['price_1'], entitlements: ['loops.orders'] } } })
    await call(posthorn, 'POST', '/v1/organizations', { id: 'acme', name: 'Acme', catalog: 'better-data' })
    expect(await call(posthorn, 'GET', '/v1/organizations/acme/billing')).toEqual({ record: null, entitlements: [], capabilitySnapshot: null, auditLog: [] })
    const body = JSON.stringify({
      id: 'evt_2', object: 'event', type: 'customer.subscription.created', created: 1_767_225_600,
      data: { object: { id: 'sub_1', object: 'subscription', status: 'active', customer: 'cus_1', created: 1_767_225_600, metadata: { organizationId: 'acme' }, items: { data: [{ price: { id: 'price_1' }, current_period_end: 1_769_817_600 }] } } },
    })
    expect((await posthorn.fetch(stripeRequest(body))).status).toBe(200)
    await eventually(async () => expect(await call(posthorn, 'GET', '/v1/organizations/acme/billing')).toMatchObject({
      record: { plan: 'pro', status: 'active' }, entitlements: ['loops.orders'], capabilitySnapshot: { capabilities: { 'loops.orders': true } },
      auditLog: [{ eventId: 'evt_2', action: 'subscription.created', at: '2026-01-01T00:00:00.000Z' }],
    }))
  })

  test('an organization\'s consumers follow from its catalog, and can be set', async () => {
    const posthorn = await started()
    expect(await call(posthorn, 'POST', '/v1/organizations', { id: 'a', name: 'a', catalog: 'better-data' })).toMatchObject({ consumers: ['billing', 'inventory'] })
    expect(await call(posthorn, 'POST', '/v1/organizations', { id: 'b', name: 'b', consumers: ['orders'] })).toMatchObject({ consumers: ['orders'] })
    expect(await call(posthorn, 'PATCH', '/v1/organizations/b', { catalog: 'better-data' })).toMatchObject({ consumers: ['orders'] })
    expect(await call(posthorn, 'PATCH', '/v1/organizations/b', { consumers: null })).toMatchObject({ consumers: ['billing', 'inventory'] })
    expect((await call(posthorn, 'GET', '/v1/organizations/b/consumers')).data.map(({ name }) => name)).toEqual(['billing', 'inventory'])
    expect(await call(posthorn, 'PATCH', '/v1/organizations/b', { consumers: ['shipping'] })).toMatchObject({ code: 'invalid_request' })
  })

  test('what Square says has changed is asked for, and published once', async () => {
    const asked: string[] = []
    const posthorn = await started({ fetchCatalog: async ({ changedSince }) => { asked.push(changedSince); return [{ productId: 'FGQ5', title: 'Linen shirt', price: '59.99' }] } })
    await call(posthorn, 'POST', '/v1/organizations', { id: 'acme', name: 'Acme', catalog: 'better-data' })
    for (let i = 0; i < 2; i++) await posthorn.publish({ organizationId: 'acme', type: 'product.updated', data: { changedSince: `2026-01-0${i + 1}T00:00:00Z` } })
    await eventually(async () => expect(asked).toHaveLength(2))
    await eventually(async () => {
      const { data } = await call(posthorn, 'GET', '/v1/organizations/acme/events?type=product.updated')
      expect(data.map(({ origin }) => origin).sort()).toEqual(['api', 'api', 'consumer'])
    })
  })
})

function make(options: Partial<PosthornOptions> = {}, prepare: (posthorn: Posthorn) => void = () => {}): Posthorn {
  const posthorn = new Posthorn({ database: `sqlite:${folder}/posthorn.db`, apiKey, allowLocalEndpoints: true, log: 'off', ...options })
  prepare(posthorn)
  running.push(posthorn)
  return posthorn
}

async function started(options: Partial<PosthornOptions> = {}, prepare?: (posthorn: Posthorn) => void): Promise<Posthorn> {
  const posthorn = make(options, prepare)
  await posthorn.start()
  return posthorn
}

interface Answered { [field: string]: unknown; data: { [field: string]: unknown }[] }

const organization = (posthorn: Posthorn, id: string) => call(posthorn, 'POST', '/v1/organizations', { id, name: id })

async function call(posthorn: Posthorn, method: string, path: string, body?: object): Promise<Answered> {
  const answer = await posthorn.fetch(new Request(`http://localhost${path}`, { method, headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) }))
  const text = await answer.text()
  return (text === '' ? {} : JSON.parse(text)) as Answered
}

function stripeRequest(body: string): Request {
  const at = Math.floor(Date.now() / 1_000)
  const signature = createHmac('sha256', stripeSecret).update(`${at}.${body}`).digest('hex')
  return new Request('http://localhost/webhooks/stripe', { method: 'POST', headers: { 'stripe-signature': `t=${at},v1=${signature}`, 'content-type': 'application/json' }, body })
}
