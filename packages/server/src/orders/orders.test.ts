import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listOrders } from './list-orders.js'
import { captureCompleted, captureRefunded, chargeRefunded, chargeSucceeded, intentSucceeded, invoicePaymentPaid, paypalOrderCompleted, refundTold, saleCompleted, sessionCompleted, squareInvoice, squarePayment, squareRefund, type Told } from './payments.test.support.js'
import { onEachDatabase } from '../testing/each-database.js'
import { givenConsumers, publishedBy, tell } from '../testing/given-consumer.js'
import type { TestDatabase } from '../testing/each-database.js'

onEachDatabase('orders', (db) => {
  test('a paid checkout makes an order, published as BareCommerce prints it', async () => {
    const acme = await givenConsumers(db, ['orders'])
    const published = await tell(db, acme, sessionCompleted())
    const order = {
      id: expect.stringMatching(/^order_/), orderNumber: 'ORD-000001', customerId: 'cus_123', total: '99.99', status: 'paid', paymentStatus: 'succeeded', items: [],
      shippingAddress: { name: 'Ada Lovelace', line1: '12 St James Square', line2: null, city: 'Springfield', state: 'IL', postalCode: '62701', country: 'US' },
    }
    expect(published).toEqual([{ type: 'order.created', data: order }, { type: 'order.paid', data: order }])
    expect(Object.keys(published[0]?.data as object)).toEqual(['id', 'orderNumber', 'customerId', 'total', 'status', 'paymentStatus', 'items', 'shippingAddress'])
  })

  test.each([
    ['a session, its intent and its charge', [sessionCompleted(), intentSucceeded(), chargeSucceeded()]],
    ['the same event twice', [intentSucceeded(), intentSucceeded()]],
    ['a PayPal capture and the checkout order that lists it', [captureCompleted(), paypalOrderCompleted()]],
    ['every update of a Square payment', [squarePayment(), squarePayment({ updated_at: '2026-01-01T00:00:05Z' })]],
  ])('one payment told as %s makes one order', async (_name, tellings: Told[]) => {
    const acme = await givenConsumers(db, ['orders'])
    const published = await tell(db, acme, ...tellings)
    expect(published.filter(({ type }) => type === 'order.created' || type === 'order.paid').map(({ type }) => type)).toEqual(['order.created', 'order.paid'])
    expect(await ordersOf(db, acme)).toHaveLength(1)
  })

  test('a later telling that adds nothing tells nothing; one that adds an address tells order.updated', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, intentSucceeded())
    expect(await tell(db, acme, chargeSucceeded())).toEqual([])
    expect(await tell(db, acme, sessionCompleted())).toMatchObject([{ type: 'order.updated', data: { orderNumber: 'ORD-000001', shippingAddress: { city: 'Springfield' } } }])
    expect(await tell(db, acme, sessionCompleted())).toEqual([])
  })

  test('a checkout that is not paid yet makes its order when the money has come', async () => {
    const acme = await givenConsumers(db, ['orders'])
    expect(await tell(db, acme, sessionCompleted({ payment_status: 'unpaid' }))).toEqual([])
    const published = await tell(db, acme, sessionCompleted({ type: 'checkout.session.async_payment_succeeded' }))
    expect(published.map(({ type }) => type)).toEqual(['order.created', 'order.paid'])
  })

  test.each([
    ['a session in mode subscription', [sessionCompleted({ mode: 'subscription', subscription: 'sub_1', payment_intent: null })]],
    ['a session with an invoice', [sessionCompleted({ invoice: 'in_1' })]],
    ['an intent with an invoice', [intentSucceeded({ invoice: 'in_1' })]],
    ['an intent whose order reference is an invoice', [intentSucceeded({ payment_details: { order_reference: 'in_1' } })]],
    ['an intent that an invoice payment named before', [invoicePaymentPaid('in_1', 'pi_1'), intentSucceeded()]],
    ['a charge that is not captured', [chargeSucceeded({ captured: false })]],
    ['a PayPal sale of a billing agreement', [saleCompleted({ billing_agreement_id: 'I-1' })]],
    ['a Square payment of an order that has an invoice', [squareInvoice(), squarePayment()]],
    ['a Square payment that is only approved', [squarePayment({ status: 'APPROVED' })]],
  ])('%s makes no order', async (_name, tellings: Told[]) => {
    const acme = await givenConsumers(db, ['orders'])
    expect(await tell(db, acme, ...tellings)).toEqual([])
    expect(await ordersOf(db, acme)).toEqual([])
  })

  test.each([
    ['a Stripe invoice', intentSucceeded(), invoicePaymentPaid('in_1', 'pi_1'), 'The payment belongs to in_1.'],
    ['a Square invoice', squarePayment(), squareInvoice(), 'The payment belongs to inv:0-1.'],
  ])('an order whose payment is told to belong to %s only afterwards is cancelled', async (_name, payment: Told, invoice: Told, cancelReason) => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, payment)
    expect(await tell(db, acme, invoice)).toMatchObject([{ type: 'order.cancelled', data: { orderNumber: 'ORD-000001', status: 'cancelled', cancelReason } }])
    expect(await tell(db, acme, payment, invoice)).toEqual([])
  })

  test.each([
    ['usd', 9_999, '99.99'], ['usd', 5, '0.05'], ['jpy', 500, '500'], ['krw', 12_000, '12000'], ['kwd', 1_234, '1.234'], ['bhd', 10, '0.010'], ['isk', 500, '5.00'],
  ])('Stripe: %s %i is %s', async (currency, amount, total) => {
    const acme = await givenConsumers(db, ['orders'])
    expect(await tell(db, acme, intentSucceeded({ currency, amount, amount_received: amount }))).toMatchObject([{ data: { total } }, { data: { total } }])
  })

  test('PayPal: a capture makes an order, and its checkout order adds items and address', async () => {
    const acme = await givenConsumers(db, ['orders'])
    expect(await tell(db, acme, captureCompleted())).toMatchObject([{ type: 'order.created', data: { total: '2.51', customerId: null, items: [] } }, { type: 'order.paid' }])
    expect(await tell(db, acme, paypalOrderCompleted())).toMatchObject([{
      type: 'order.updated', data: { customerId: 'QYR5Z8XDVJNXQ', items: [{ title: 'Linen shirt', quantity: 2, price: '1.25', total: '2.50' }], shippingAddress: { line1: '12 St James Square' } },
    }])
  })

  test.each([
    ['Stripe, by the refund', [intentSucceeded(), refundTold()], '99.99', 're_1'],
    ['Stripe, by the charge', [intentSucceeded(), chargeRefunded(9_999)], '99.99', 'ch_1'],
    ['PayPal', [captureCompleted(), captureRefunded()], '2.51', '1JU08902781691411'],
    ['Square', [squarePayment(), squareRefund()], '1.00', 'hYy9_r1'],
  ])('a refund publishes order.refunded: %s', async (_name, [payment, refund]: Told[], amount, id) => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, payment as Told)
    expect(await tell(db, acme, refund as Told)).toMatchObject([{ type: 'order.refunded', data: { orderNumber: 'ORD-000001', status: 'refunded', paymentStatus: 'refunded', refund: { id, amount } } }])
  })

  test('one refund that is told by the charge and by itself is one refund', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, intentSucceeded(), chargeRefunded(4_000))
    expect(await tell(db, acme, refundTold({ amount: 4_000 }), chargeRefunded(4_000))).toEqual([])
    expect(await ordersOf(db, acme)).toMatchObject([{ status: 'paid', paymentStatus: 'partially_refunded' }])
    expect(await tell(db, acme, refundTold({ id: 're_2', amount: 5_999 }))).toMatchObject([{ type: 'order.refunded', data: { status: 'refunded', refund: { amount: '59.99' } } }])
  })

  test('a refund that is only pending, or that fails in the end, is none', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, intentSucceeded())
    expect(await tell(db, acme, refundTold({ status: 'pending' }))).toEqual([])
    await tell(db, acme, refundTold({ type: 'refund.updated' }))
    expect(await tell(db, acme, refundTold({ type: 'refund.failed', status: 'failed' }))).toMatchObject([{ type: 'order.updated', data: { status: 'paid', paymentStatus: 'succeeded' } }])
  })

  test('a refund that is told before its payment waits for it', async () => {
    const acme = await givenConsumers(db, ['orders'])
    expect(await tell(db, acme, refundTold({ payment_intent: null, created: 1_700_000_099 }))).toEqual([])
    const published = await tell(db, acme, chargeSucceeded())
    expect(published.map(({ type, data }) => [type, data['status']])).toEqual([['order.created', 'paid'], ['order.paid', 'paid'], ['order.refunded', 'refunded']])
  })

  test('numbers are of each organization and have no gaps', async () => {
    const [acme, other] = [await givenConsumers(db, ['orders'], 'acme'), await givenConsumers(db, ['orders'], 'other')]
    for (let i = 1; i <= 3; i++) await tell(db, acme, intentSucceeded({ id: `pi_${i}`, latest_charge: `ch_${i}` }), { type: 'stripe.payment_intent.succeeded', data: { broken: true } })
    await tell(db, other, intentSucceeded())
    expect((await ordersOf(db, acme)).map((order) => order.orderNumber)).toEqual(['ORD-000003', 'ORD-000002', 'ORD-000001'])
    expect((await ordersOf(db, other)).map((order) => order.orderNumber)).toEqual(['ORD-000001'])
  })

  test('tellings without a common name are joined by one that has both, and the second order is cancelled', async () => {
    const acme = await givenConsumers(db, ['orders'])
    await tell(db, acme, intentSucceeded({ latest_charge: null }), chargeSucceeded({ payment_intent: null }))
    expect(await ordersOf(db, acme)).toHaveLength(2)
    expect(await tell(db, acme, chargeSucceeded())).toMatchObject([{ type: 'order.cancelled', data: { orderNumber: 'ORD-000002', cancelReason: 'The payment is that of order ORD-000001.' } }])
    expect(await tell(db, acme, intentSucceeded(), chargeSucceeded())).toEqual([])
  })
})

onEachDatabase('orders in any order', (db) => {
  test('whatever the order of arrival, and however often each is told, the same order stands', async () => {
    const tellings = [sessionCompleted(), intentSucceeded(), chargeSucceeded(), refundTold({ id: 're_1', amount: 4_000 }), chargeRefunded(9_999), refundTold({ id: 're_2', amount: 5_999, payment_intent: null })]
    let expected: unknown
    let n = 0
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray([...tellings, ...tellings], { minLength: tellings.length * 2 }), async (arrival) => {
      const organization = await givenConsumers(db, ['orders'], `shop-${++n}`)
      const published = await tell(db, organization, ...arrival)
      expect(published.filter(({ type }) => type === 'order.created')).toHaveLength(1)
      expect(published.filter(({ type }) => type === 'order.paid')).toHaveLength(1)
      const orders = (await ordersOf(db, organization)).map((order) => ({ ...order, id: '', createdAt: 0, updatedAt: 0 }))
      expect(orders).toMatchObject([{ orderNumber: 'ORD-000001', status: 'refunded', total: '99.99', shippingAddress: { city: 'Springfield' } }])
      expect(orders).toEqual(expected ??= orders)
      expect((await publishedBy(db, organization)).at(-1)?.data['status']).toBe('refunded')
    }), { numRuns: 25 })
  })
})

const ordersOf = (db: TestDatabase, organizationId: number) => listOrders(db, { organizationId, before: undefined, limit: 50 })
