import { describe, expect, test } from 'vitest'
import { parseExactJson } from '@posthorn/webhooks/exact-json'
import { normalized } from './normalized.js'
import type { SchemeName } from '@posthorn/webhooks'

/** What an event of a provider means, as `[type, data]`. */
function meaning(provider: SchemeName, type: string, body: unknown): [string, unknown][] {
  const parsed = parseExactJson(typeof body === 'string' ? body : JSON.stringify(body))
  return normalized({ provider, type, body: parsed, header: () => undefined }).map(({ type: own, data }) => [own, data])
}

/** What several tellings have in common, so that they are told once. */
const keys = (provider: SchemeName, type: string, body: unknown) => normalized({ provider, type, body, header: () => undefined }).map((event) => `${event.type} ${event.key}`)

describe('Stripe', () => {
  const event = (object: object, previous?: object) => ({ id: 'evt_1', data: { object, ...(previous && { previous_attributes: previous }) } })
  const session = { id: 'cs_1', payment_status: 'paid', amount_total: 9999, currency: 'usd', payment_intent: 'pi_1', customer: 'cus_1', customer_details: { email: 'a@example.com' }, metadata: { orderId: 'o_1' } }

  test('a checkout that is paid is completed, and its payment has succeeded', () => {
    expect(meaning('stripe', 'checkout.session.completed', event(session))).toEqual([
      ['checkout.completed', { provider: 'stripe', sessionId: 'cs_1', orderId: 'o_1', paymentId: 'pi_1', paymentStatus: 'paid', amount: 9999, currency: 'USD', total: '99.99', customerId: 'cus_1', email: 'a@example.com', metadata: { orderId: 'o_1' } }],
      ['payment.succeeded', { provider: 'stripe', sessionId: 'cs_1', orderId: 'o_1', paymentId: 'pi_1', amount: 9999, currency: 'USD', total: '99.99', customerId: 'cus_1', email: 'a@example.com', metadata: { orderId: 'o_1' } }],
    ])
  })

  test('one that is not paid yet means nothing until it is', () => {
    expect(meaning('stripe', 'checkout.session.completed', event({ ...session, payment_status: 'unpaid' }))).toEqual([])
    expect(meaning('stripe', 'checkout.session.async_payment_succeeded', event(session)).map(([type]) => type)).toEqual(['checkout.completed', 'payment.succeeded'])
  })

  test('the payment of a checkout, of its intent and of its charge is one', () => {
    const told = [
      ...keys('stripe', 'checkout.session.completed', event(session)),
      ...keys('stripe', 'payment_intent.succeeded', event({ id: 'pi_1', amount: 9999, amount_received: 9999, currency: 'usd' })),
      ...keys('stripe', 'charge.succeeded', event({ id: 'ch_1', payment_intent: 'pi_1', amount: 9999, currency: 'usd', captured: true })),
    ]
    expect(told.filter((each) => each.startsWith('payment'))).toEqual(Array(3).fill('payment.succeeded pi_1'))
  })

  test('a charge that is only authorized is no payment', () => {
    expect(meaning('stripe', 'charge.succeeded', event({ id: 'ch_1', amount: 100, currency: 'usd', captured: false }))).toEqual([])
    expect(meaning('stripe', 'charge.captured', event({ id: 'ch_1', amount: 100, currency: 'usd', captured: true }))).toMatchObject([['payment.succeeded', { paymentId: 'ch_1' }]])
  })

  test('a payment of an invoice says so', () => {
    expect(meaning('stripe', 'payment_intent.succeeded', event({ id: 'pi_1', amount: 100, currency: 'usd', invoice: 'in_1' }))).toMatchObject([['payment.succeeded', { invoiceId: 'in_1' }]])
  })

  test('a failed payment says why', () => {
    const intent = { id: 'pi_1', amount: 100, currency: 'usd', latest_charge: 'ch_1', last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.' } }
    expect(meaning('stripe', 'payment_intent.payment_failed', event(intent))).toMatchObject([['payment.failed', { paymentId: 'pi_1', failureCode: 'insufficient_funds', failureMessage: 'Your card has insufficient funds.' }]])
    expect(keys('stripe', 'payment_intent.payment_failed', event(intent))).toEqual(keys('stripe', 'charge.failed', event({ id: 'ch_1', payment_intent: 'pi_1', amount: 100, currency: 'usd' })))
  })

  test('a refund is what was refunded this time', () => {
    const charge = { id: 'ch_1', payment_intent: 'pi_1', amount: 5000, amount_refunded: 3000, currency: 'usd', refunded: false }
    expect(meaning('stripe', 'charge.refunded', event(charge, { amount_refunded: 1000 }))).toEqual([['payment.refunded', { provider: 'stripe', paymentId: 'pi_1', amount: 2000, currency: 'USD', total: '20.00', refundedTotal: '30.00', isFull: false }]])
  })

  test('an invoice that is paid, by either of its two events', () => {
    const invoice = { id: 'in_1', amount_paid: 9900, currency: 'usd', customer: 'cus_1', status: 'paid', status_transitions: { paid_at: 1736764500 }, parent: { subscription_details: { subscription: 'sub_1' } } }
    expect(meaning('stripe', 'invoice.paid', event(invoice))).toEqual([['invoice.paid', { provider: 'stripe', id: 'in_1', invoiceId: 'in_1', subscriptionId: 'sub_1', customerId: 'cus_1', amount: 9900, currency: 'USD', total: '99.00', status: 'paid', paidAt: '2025-01-13T10:35:00.000Z' }]])
    expect(keys('stripe', 'invoice.payment_succeeded', event(invoice))).toEqual(keys('stripe', 'invoice.paid', event(invoice)))
  })

  test.each([
    [500, 'jpy', '500'], [5, 'usd', '0.05'], [1234, 'kwd', '1.234'], [500, 'ugx', '5.00'], [100, 'mga', '100'],
  ])('%i of %s is %s', (amount, currency, total) => {
    expect(meaning('stripe', 'payment_intent.succeeded', event({ id: 'pi_1', amount, currency }))).toMatchObject([['payment.succeeded', { total }]])
  })

  test('subscriptions mean nothing here: the billing consumer tells of them', () => {
    expect(meaning('stripe', 'customer.subscription.updated', event({ id: 'sub_1' }))).toEqual([])
  })
})

describe('PayPal', () => {
  test('a capture and a sale are payments', () => {
    expect(meaning('paypal', 'PAYMENT.CAPTURE.COMPLETED', { resource: { id: '42', amount: { currency_code: 'USD', value: '2.51' }, custom_id: 'c', invoice_id: 'INV-1', supplementary_data: { related_ids: { order_id: 'O1' } } } }))
      .toEqual([['payment.succeeded', { provider: 'paypal', paymentId: '42', amount: 251, currency: 'USD', total: '2.51', orderId: 'INV-1', sessionId: 'O1', metadata: { customId: 'c' } }]])
    expect(meaning('paypal', 'PAYMENT.SALE.COMPLETED', { resource: { id: '4E', amount: { total: '20.00', currency: 'USD' }, billing_agreement_id: 'I-1' } })).toMatchObject([['payment.succeeded', { paymentId: '4E', total: '20.00', subscriptionId: 'I-1' }]])
  })

  test('a refund names its capture by a link', () => {
    const resource = { id: 'R1', amount: { value: '2.51', currency_code: 'USD' }, links: [{ href: 'https://api.paypal.com/v2/payments/refunds/R1' }, { href: 'https://api.paypal.com/v2/payments/captures/42' }], seller_payable_breakdown: { total_refunded_amount: { value: '5.00', currency_code: 'USD' } } }
    expect(meaning('paypal', 'PAYMENT.CAPTURE.REFUNDED', { resource })).toEqual([['payment.refunded', { provider: 'paypal', refundId: 'R1', paymentId: '42', amount: 251, total: '2.51', currency: 'USD', refundedTotal: '5.00' }]])
    expect(meaning('paypal', 'PAYMENT.SALE.REFUNDED', { resource: { id: 'R2', sale_id: '4E', amount: { total: '-0.01', currency: 'USD' } } })).toMatchObject([['payment.refunded', { paymentId: '4E', amount: 1, total: '0.01' }]])
  })

  test('an order that is approved is not paid; one that is completed is', () => {
    expect(meaning('paypal', 'CHECKOUT.ORDER.APPROVED', { resource: { id: 'O1' } })).toEqual([])
    const unit = { amount: { value: '100.00', currency_code: 'EUR' }, payments: { captures: [{ id: '42' }] }, items: [{ name: 'Cup', quantity: '2', sku: 'C', unit_amount: { value: '50', currency_code: 'EUR' } }] }
    expect(meaning('paypal', 'CHECKOUT.ORDER.COMPLETED', { resource: { id: 'O1', purchase_units: [unit] } })).toMatchObject([['checkout.completed', { sessionId: 'O1', paymentId: '42', total: '100.00', items: [{ id: 'C', name: 'Cup', quantity: 2, price: '50.00' }] }]])
  })
})

describe('Square', () => {
  test('a payment counts when it is completed, however many updates tell it', () => {
    const payment = (status: string) => ({ data: { object: { payment: { id: 'p1', status, total_money: { amount: 100, currency: 'USD' }, order_id: 'o1', customer_id: 'c1' } } } })
    expect(meaning('square', 'payment.created', payment('APPROVED'))).toEqual([])
    expect(meaning('square', 'payment.updated', payment('COMPLETED'))).toEqual([['payment.succeeded', { provider: 'square', paymentId: 'p1', amount: 100, currency: 'USD', total: '1.00', orderId: 'o1', customerId: 'c1' }]])
    expect(keys('square', 'payment.updated', payment('COMPLETED'))).toEqual(keys('square', 'payment.created', payment('COMPLETED')))
    expect(meaning('square', 'payment.updated', payment('FAILED'))).toMatchObject([['payment.failed', { paymentId: 'p1' }]])
  })

  test('a refund counts when it is completed', () => {
    const refund = (status: string) => ({ data: { object: { refund: { id: 'r1', payment_id: 'p1', status, amount_money: { amount: 1000, currency: 'JPY' } } } } })
    expect(meaning('square', 'refund.updated', refund('PENDING'))).toEqual([])
    expect(meaning('square', 'refund.updated', refund('COMPLETED'))).toMatchObject([['payment.refunded', { refundId: 'r1', paymentId: 'p1', total: '1000' }]])
  })

  test('of stock, what is in stock', () => {
    const counts = [{ catalog_object_id: 'v1', location_id: 'l1', quantity: '10', state: 'IN_STOCK' }, { catalog_object_id: 'v1', quantity: '2', state: 'SOLD' }, { catalog_object_id: 'v2', quantity: '0.5', state: 'IN_STOCK' }]
    expect(meaning('square', 'inventory.count.updated', { data: { object: { inventory_counts: counts } } })).toEqual([
      ['inventory.updated', { provider: 'square', productId: 'v1', available: 10, locationId: 'l1' }], ['inventory.updated', { provider: 'square', productId: 'v2', available: 0.5 }],
    ])
  })

  test('a catalog that changed names no product, and none is guessed', () => {
    expect(meaning('square', 'catalog.version.updated', { data: { object: { catalog_version: { updated_at: '2019-10-29T17:26:16.53Z' } } } })).toEqual([['product.updated', { provider: 'square', changedSince: '2019-10-29T17:26:16.53Z' }]])
  })

  test('its own order is an order', () => {
    expect(meaning('square', 'order.created', { data: { object: { order_created: { order_id: 'o1', state: 'OPEN', metadata: { session_id: 's1' } } } } })).toEqual([['order.created', { provider: 'square', id: 'o1', orderId: 'o1', sessionId: 's1', status: 'OPEN' }]])
  })
})

describe('Shopify', () => {
  test('stock of an item at a place; an item whose stock nobody tracks has none', () => {
    expect(meaning('shopify', 'inventory_levels/update', '{"inventory_item_id":808950810123456789,"location_id":905684977,"available":5}')).toEqual([['inventory.updated', { provider: 'shopify', productId: '808950810123456789', available: 5, locationId: '905684977' }]])
    expect(meaning('shopify', 'inventory_levels/update', { inventory_item_id: 1, available: null })).toEqual([])
  })

  test('an order with its session, its items and its whole id', () => {
    const body = `{"id":820982911946154508,"name":"#9999","total_price":"414.95","currency":"USD","financial_status":"paid","customer":{"id":115310627314723954},"note_attributes":[{"name":"sessionId","value":"s1"}],
      "line_items":[{"id":1,"product_id":2,"name":"Cup","quantity":3,"price":"10.00"}],"shipping_address":{"name":"Jo","address1":"1 Road","city":"Ottawa","zip":"K1","country_code":"CA"}}`
    expect(meaning('shopify', 'orders/create', body)).toEqual([['order.created', {
      provider: 'shopify', id: '820982911946154508', orderId: '820982911946154508', sessionId: 's1', orderNumber: '#9999', amount: 41495, currency: 'USD', total: '414.95', customerId: '115310627314723954', status: 'open', paymentStatus: 'paid',
      items: [{ id: '1', productId: '2', name: 'Cup', quantity: 3, price: '10.00' }], shippingAddress: { name: 'Jo', line1: '1 Road', city: 'Ottawa', postalCode: 'K1', country: 'CA' },
    }]])
  })

  test.each([['products/create', 'product.created'], ['products/update', 'product.updated'], ['products/delete', 'product.deleted']])('%s is %s', (topic, type) => {
    expect(meaning('shopify', topic, { id: 788032119674292922n.toString() })).toEqual([[type, { provider: 'shopify', id: '788032119674292922', productId: '788032119674292922' }]])
  })

  test('a sale is a payment, an authorization is none', () => {
    const transaction = (kind: string, status: string) => meaning('shopify', 'order_transactions/create', { id: 1, order_id: 2, kind, status, amount: '10.00', currency: 'USD' })
    expect(transaction('authorization', 'success')).toEqual([])
    expect(transaction('sale', 'success')).toMatchObject([['payment.succeeded', { paymentId: '1', orderId: '2', total: '10.00' }]])
    expect(transaction('capture', 'failure')).toMatchObject([['payment.failed', {}]])
  })
})

test('Better Data says it in our words already', () => {
  expect(meaning('better-data', 'checkout.completed', { data: { sessionId: 's1', orderId: 'o1', more: 1 } })).toEqual([['checkout.completed', { provider: 'better-data', sessionId: 's1', orderId: 'o1' }]])
  expect(meaning('better-data', 'loop.orders.transitioned', { data: {} })).toEqual([])
})

describe('messages', () => {
  test('Twilio: what came in, and what became of what went out', () => {
    expect(meaning('twilio', '', { MessageSid: 'SM1', From: 'whatsapp:+1415', To: 'whatsapp:+1416', Body: 'Hi', SmsStatus: 'received', NumMedia: '1', MediaUrl0: 'https://api.twilio.com/x', ProfileName: 'Zoë' }))
      .toEqual([['message.received', { provider: 'twilio', messageId: 'SM1', channel: 'whatsapp', from: '+1415', to: '+1416', kind: 'media', text: 'Hi', fromName: 'Zoë', mediaUrls: ['https://api.twilio.com/x'] }]])
    expect(meaning('twilio', '', { MessageSid: 'SM1', MessageStatus: 'failed', SmsStatus: 'failed', ErrorCode: '30006', From: '+1', To: '+2' })).toEqual([['message.status', { provider: 'twilio', messageId: 'SM1', channel: 'sms', status: 'failed', from: '+1', to: '+2', errorCode: '30006' }]])
    expect(meaning('twilio', '', { CallSid: 'CA1', CallStatus: 'ringing' })).toEqual([])
  })

  const whatsapp = (value: object) => ({ entry: [{ changes: [{ field: 'messages', value: { metadata: { display_phone_number: '1555' }, ...value } }] }] })

  test('WhatsApp: what somebody wrote or chose', () => {
    const from = { from: '1650', id: 'wamid.1', timestamp: '1' }
    const contacts = [{ wa_id: '1650', profile: { name: 'Zoë' } }]
    const received = (message: object) => meaning('whatsapp', 'messages', whatsapp({ contacts, messages: [{ ...from, ...message }] }))[0]?.[1]
    expect(received({ type: 'text', text: { body: 'Hi' } })).toEqual({ provider: 'whatsapp', messageId: 'wamid.1', channel: 'whatsapp', from: '1650', to: '1555', kind: 'text', text: 'Hi', fromName: 'Zoë' })
    expect(received({ type: 'image', image: { id: '10', caption: 'receipt' } })).toMatchObject({ kind: 'image', text: 'receipt', mediaId: '10' })
    expect(received({ type: 'interactive', interactive: { type: 'button_reply', button_reply: { title: 'Cancel' } } })).toMatchObject({ kind: 'interactive', text: 'Cancel' })
  })

  test('WhatsApp: what became of what went out', () => {
    const statuses = [{ id: 'wamid.1', status: 'failed', recipient_id: '1650', errors: [{ code: 131026, title: 'Message undeliverable' }] }]
    expect(meaning('whatsapp', 'statuses', whatsapp({ statuses }))).toEqual([['message.status', { provider: 'whatsapp', messageId: 'wamid.1', channel: 'whatsapp', status: 'failed', from: '1555', to: '1650', errorCode: '131026', errorMessage: 'Message undeliverable' }]])
  })
})

test.each(['stripe', 'paypal', 'square', 'shopify', 'better-data', 'twilio', 'whatsapp', 'woocommerce', 'bigcommerce', 'github'] as const)('%s: what lacks a field that it must have means nothing', (provider) => {
  const types = ['checkout.session.completed', 'payment_intent.succeeded', 'charge.refunded', 'invoice.paid', 'PAYMENT.CAPTURE.COMPLETED', 'payment.updated', 'inventory.count.updated', 'orders/create', 'order.created', 'store/order/created', 'com.twilio.messaging.message.sent']
  for (const body of [null, 1, 'text', [], {}, { data: null }, { data: { object: [] } }, { entry: [1, null, { changes: 'x' }] }, { resource: { id: {}, amount: 1 } }]) {
    for (const type of types) expect(meaning(provider, type, body)).toEqual([])
  }
})
