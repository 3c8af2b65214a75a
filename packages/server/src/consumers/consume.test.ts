import { expect, test } from 'vitest'
import { defaultPlans } from '../billing/plans.js'
import { readBilling } from '../billing/read-billing.js'
import { invoiceEvent, subscriptionEvent } from '../billing/subscriptions.test.support.js'
import { listStock } from '../inventory/list-inventory.js'
import { listOrders } from '../orders/list-orders.js'
import { intentSucceeded } from '../orders/payments.test.support.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { consumeAll, givenConsumers, publishedBy, tell } from '../testing/given-consumer.js'
import { givenEvent, givenOrganization } from '../testing/given.js'
import { consume, dueConsumers } from './consume.js'
import { listConsumerDeadLetters, replayConsumerDeadLetter } from './dead-letters.js'
import { followOrganization } from './follow-organization.js'
import { listConsumers } from './list-consumers.js'

onEachDatabase('consumers', (db) => {
  test('what a consumer keeps, how far it has read and what it publishes is stored together or not at all', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await givenEvent(db, acme, event(intentSucceeded()))
    const cursors = await dueConsumers(db, { organizations: undefined, limit: 10 })
    await expect(db.transaction(async (tx) => {
      await consume(tx, { cursors, limit: 10, at: 0, settings: { plans: defaultPlans } })
      throw new Error('The power went.')
    })).rejects.toThrow('The power went.')
    expect(await ordersOf(db, acme)).toEqual([])
    expect(await publishedBy(db, acme)).toEqual([])

    await consumeAll(db)
    await consumeAll(db)
    expect(await ordersOf(db, acme)).toHaveLength(1)
    expect(await publishedBy(db, acme)).toHaveLength(2)
  })

  test('two nodes that take in the same stream at once take each event in once', async () => {
    const acme = await givenConsumers(db, ['orders'])
    for (let i = 0; i < 20; i++) await givenEvent(db, acme, event(intentSucceeded({ id: `pi_${i}`, latest_charge: `ch_${i}` })))
    const cursors = await dueConsumers(db, { organizations: undefined, limit: 10 })
    const store = await db.store()
    for (let i = 0; i < 5; i++) await Promise.all([5, 7, 3].map((limit) => store.command('consume', { cursors, limit, at: db.clock.now(), settings: { plans: defaultPlans } })))
    await consumeAll(db)
    expect((await ordersOf(db, acme)).map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i))
    expect(await publishedBy(db, acme)).toHaveLength(40)
  })

  test('a bad event is parked with its reason at once, and the rest goes on', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, { type: 'stripe.payment_intent.succeeded', data: 'no JSON' }, { type: 'stripe.payment_intent.succeeded', data: { data: {} } }, intentSucceeded())
    expect(await ordersOf(db, acme)).toHaveLength(1)
    expect(await deadLetters(db, acme, 'orders')).toMatchObject([{ reason: 'The event names no object (data.object).', attempts: 1, type: 'stripe.payment_intent.succeeded' }, { reason: 'The data is not JSON.' }])
    expect(await listConsumers(db, { organizationId: acme })).toEqual([{ name: 'orders', isBehind: false, attempts: 0, nextTryAt: null, deadLetters: 2 }])
  })

  test('an event that fails for another reason is tried again after 1 s, 5 s, 25 s and 2 min, and then parked', async () => {
    const acme = await givenConsumers(db, ['billing'])
    await db.run(sql`insert into billing_records (organization_id, state, updated_at) values (${acme}, 'spoilt', 0)`)
    await tell(db, acme, subscriptionEvent('evt_1', 'created', 0))
    for (const [attempts, waitMs] of [[1, 1_000], [2, 5_000], [3, 25_000], [4, 120_000]] as const) {
      expect(await listConsumers(db, { organizationId: acme })).toMatchObject([{ attempts, isBehind: true, deadLetters: 0 }])
      db.clock.advance(waitMs - 1)
      expect(await dueConsumers(db, { organizations: undefined, limit: 10 })).toEqual([])
      db.clock.advance(1)
      await consumeAll(db)
    }
    expect(await deadLetters(db, acme, 'billing')).toMatchObject([{ attempts: 5, reason: expect.stringContaining('SyntaxError') }])

    await db.run(sql`delete from billing_records`)
    await tell(db, acme, invoiceEvent('evt_2', 'paid', 10))
    expect((await readBilling(db, { organizationId: acme })).view?.record).toMatchObject({ paymentStatus: 'paid', subscriptionId: null })
  })

  test('a dead letter that is replayed is taken in, or stays with its new reason', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, { type: 'stripe.payment_intent.succeeded', data: 'no JSON' })
    const [letter] = await deadLetters(db, acme, 'orders')
    const { eventId } = letter as { eventId: number }
    expect(await replayConsumerDeadLetter(db, { organizationId: acme, consumer: 'orders', eventId })).toBe(true)
    await consumeAll(db)
    expect(await deadLetters(db, acme, 'orders')).toMatchObject([{ attempts: 2, isDue: false }])

    await db.run(sql`update events set data = ${JSON.stringify(intentSucceeded().data)} where id = ${eventId}`)
    await replayConsumerDeadLetter(db, { organizationId: acme, consumer: 'orders', eventId })
    await consumeAll(db)
    expect(await deadLetters(db, acme, 'orders')).toEqual([])
    expect(await ordersOf(db, acme)).toHaveLength(1)
    expect(await replayConsumerDeadLetter(db, { organizationId: acme, consumer: 'orders', eventId })).toBe(false)
  })

  test('a dead letter whose event is not kept any more says so', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, { type: 'stripe.payment_intent.succeeded', data: 'no JSON' })
    const [letter] = await deadLetters(db, acme, 'orders')
    await db.run(sql`delete from events`)
    await replayConsumerDeadLetter(db, { organizationId: acme, consumer: 'orders', eventId: (letter as { eventId: number }).eventId })
    await consumeAll(db)
    expect(await deadLetters(db, acme, 'orders')).toMatchObject([{ type: null, reason: 'The event is not kept any more.', isDue: false }])
  })

  test('what is sent as a test is stepped over', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await givenEvent(db, acme, { ...event(intentSucceeded()), origin: 2 })
    await consumeAll(db)
    expect(await ordersOf(db, acme)).toEqual([])
    expect(await listConsumers(db, { organizationId: acme })).toMatchObject([{ isBehind: false }])
  })

  test('a long stream is read a little at a time, and other organizations have their turn', async () => {
    const [acme, other] = [await givenConsumers(db, ['orders'], 'acme'), await givenConsumers(db, ['orders'], 'other')]
    for (let i = 0; i < 25; i++) await givenEvent(db, acme, { type: 'cart.updated' })
    await givenEvent(db, acme, event(intentSucceeded()))
    await givenEvent(db, other, event(intentSucceeded()))
    await consumeAll(db, { limit: 10 })
    expect(await ordersOf(db, acme)).toHaveLength(1)
    expect(await ordersOf(db, other)).toHaveLength(1)
  })

  test('a consumer that an organization is given later begins with what comes from then on', async () => {
    const acme = await givenOrganization(db)
    await givenEvent(db, acme, event(intentSucceeded()))
    await db.transaction((tx) => followOrganization(tx, { id: acme, catalog: 'bare-commerce', consumers: null }))
    expect(await tell(db, acme, intentSucceeded({ id: 'pi_2', latest_charge: 'ch_2' }))).toHaveLength(2)
    await db.transaction((tx) => followOrganization(tx, { id: acme, catalog: 'bare-commerce', consumers: ['billing'] }))
    expect((await listConsumers(db, { organizationId: acme })).map(({ name }) => name)).toEqual(['billing'])
  })

  test('billing: the record, its audit log, one publication a change, and an alert that is one', async () => {
    const acme = await givenConsumers(db, ['billing'])
    const created = subscriptionEvent('evt_1', 'created', 0)
    expect(await tell(db, acme, created, created)).toMatchObject([{ type: 'subscription.updated', data: { plan: 'starter' } }])
    expect(await tell(db, acme, invoiceEvent('evt_2', 'payment_failed', 5), invoiceEvent('evt_3', 'paid', 9))).toMatchObject([{ type: 'posthorn.billing.payment_failed', data: { invoiceId: 'in_1' } }])
    expect(await db.all(sql`select type, origin from events where origin in (4, 5) order by id`)).toEqual([{ type: 'subscription.updated', origin: 5 }, { type: 'posthorn.billing.payment_failed', origin: 4 }])
    expect(await readBilling(db, { organizationId: acme })).toMatchObject({
      view: { record: { plan: 'starter', paymentStatus: 'paid' } },
      auditLog: [{ event: 'evt_3', action: 'payment.confirmed', details: { invoiceId: 'in_1', amount: '49.00' } }, { event: 'evt_2', action: 'payment.failed' }, { event: 'evt_1', action: 'subscription.created' }],
    })
  })

  test('inventory: the table is kept in step with what is told, the newest holding, and nothing is published twice', async () => {
    const acme = await givenConsumers(db, ['inventory'])
    const stock = (available: number, occurredAt: number) => tellAt(db, acme, { productId: 'FGQ5', available, locationId: 'YYQR' }, occurredAt)
    await stock(10, 2_000)
    await stock(12, 1_000)
    await stock(9.5, 2_000)
    await tell(db, acme, { type: 'product.updated', data: { changedSince: '2026-01-01T00:00:00Z' } })
    expect(await publishedBy(db, acme)).toEqual([])
    expect(await listStock(db, { organizationId: acme, after: undefined, limit: 10 })).toEqual([{ productId: 'FGQ5', locationId: 'YYQR', available: 9.5, toldAt: 2_000 }])
    expect(await deadLetters(db, acme, 'inventory')).toEqual([])
  })
})

const event = ({ type, data }: { type: string; data: object }) => ({ type, data: JSON.stringify(data), origin: 3 as const })

const ordersOf = (db: TestDatabase, organizationId: number) => listOrders(db, { organizationId, before: undefined, limit: 50 })

const deadLetters = (db: TestDatabase, organizationId: number, consumer: string) => listConsumerDeadLetters(db, { organizationId, consumer, before: undefined, limit: 50 })

async function tellAt(db: TestDatabase, organizationId: number, data: object, occurredAt: number): Promise<void> {
  const id = await givenEvent(db, organizationId, { type: 'inventory.updated', data: JSON.stringify(data), origin: 3 })
  await db.run(sql`update events set occurred_at = ${occurredAt} where id = ${id}`)
  await consumeAll(db)
}
