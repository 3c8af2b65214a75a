import { idAt, integerAt, listAt, needed, objectAt, textAt, type ProviderObject } from '../consumers/provider-json.js'
import { formatAmount, stripeAmount } from '../money/amount.js'
import type { Telling, Tellings } from './telling.js'
import type { OrderItem, PaymentFacts, Said, ShippingAddress } from './payment.js'

/** The types of Stripe's events that say something of a payment, as they are named in the stream. */
export const stripeTypes = [
  'stripe.checkout.session.completed', 'stripe.checkout.session.async_payment_succeeded',
  'stripe.payment_intent.succeeded', 'stripe.charge.succeeded', 'stripe.charge.captured',
  'stripe.charge.refunded', 'stripe.refund.created', 'stripe.refund.updated', 'stripe.refund.failed', 'stripe.charge.refund.updated',
  'stripe.invoice.paid', 'stripe.invoice.payment_succeeded', 'stripe.invoice_payment.paid',
] as const

/** What an event of Stripe says of payments. */
export function stripeTellings(type: string, event: ProviderObject): Tellings {
  const object = needed(objectAt(event, 'data', 'object'), 'object (data.object)')
  const at = (integerAt(event, 'created') ?? 0) * 1_000
  switch (type) {
    case 'stripe.checkout.session.completed':
    case 'stripe.checkout.session.async_payment_succeeded':
      return one(sessionTelling(object, at, type.endsWith('async_payment_succeeded')))
    case 'stripe.payment_intent.succeeded':
      return one(intentTelling(object, at))
    case 'stripe.charge.succeeded':
    case 'stripe.charge.captured':
    case 'stripe.charge.refunded':
      return one(chargeTelling(object, at))
    case 'stripe.invoice.paid':
    case 'stripe.invoice.payment_succeeded':
      return { payments: invoiceTellings(object) }
    case 'stripe.invoice_payment.paid':
      return { payments: invoicePaymentTelling(objectAt(object, 'payment'), idAt(object, 'invoice')) }
    default:
      return one(refundTelling(object, at))
  }
}

/** How far the amount of each is to be believed: the intent's is what was taken. */
const rank = { session: 1, charge: 2, intent: 3 } as const

function one(telling: Telling): Tellings {
  return { payments: [telling] }
}

function sessionTelling(session: ProviderObject, at: number, isPaidLater: boolean): Telling {
  const mode = textAt(session, 'mode') ?? 'payment'
  const invoice = idAt(session, 'invoice') ?? idAt(session, 'subscription')
  const isPaid = isPaidLater || textAt(session, 'payment_status') === 'paid'
  const shipping = objectAt(session, 'collected_information', 'shipping_details') ?? objectAt(session, 'shipping_details') ?? objectAt(session, 'shipping')
  return {
    references: references(idAt(session, 'payment_intent'), needed(textAt(session, 'id'), 'session (data.object.id)')),
    facts: {
      ...(isPaid && mode === 'payment' && paid(session, 'amount_total', rank.session, at)),
      ...(mode !== 'payment' ? belongsTo(invoice ?? `a checkout session in mode ${mode}`) : invoice !== undefined && belongsTo(invoice)),
      ...customer(session, rank.session, at),
      ...said('items', itemsOf(session), rank.session, at),
      ...said('shippingAddress', addressOf(shipping), rank.session, at),
    },
  }
}

function intentTelling(intent: ProviderObject, at: number): Telling {
  const received = (integerAt(intent, 'amount_received') ?? 0) > 0 ? 'amount_received' : 'amount'
  const invoice = invoiceOfIntent(intent)
  return {
    references: references(needed(textAt(intent, 'id'), 'payment intent (data.object.id)'), idAt(intent, 'latest_charge')),
    facts: {
      ...paid(intent, received, rank.intent, at),
      ...(invoice !== undefined && belongsTo(invoice)),
      ...customer(intent, rank.intent, at),
      ...said('shippingAddress', addressOf(objectAt(intent, 'shipping')), rank.intent, at),
    },
  }
}

function chargeTelling(charge: ProviderObject, at: number): Telling {
  const id = needed(textAt(charge, 'id'), 'charge (data.object.id)')
  const invoice = idAt(charge, 'invoice') ?? invoiceOfIntent(charge)
  const refunded = integerAt(charge, 'amount_refunded') ?? 0
  // Not captured: the money is only set aside. Refunded: told of what went back, and no proof that somebody waits for an order.
  const isPaid = charge['captured'] === true && charge['paid'] === true && refunded === 0
  return {
    references: references(idAt(charge, 'payment_intent'), id),
    facts: {
      ...(isPaid && paid(charge, 'amount_captured', rank.charge, at)),
      ...(invoice !== undefined && belongsTo(invoice)),
      ...customer(charge, rank.charge, at),
      ...said('shippingAddress', addressOf(objectAt(charge, 'shipping')), rank.charge, at),
      ...(refunded > 0 && { refundedInAll: { minor: refunded, of: id, at } }),
      ...refundsOf(listAt(charge, 'refunds', 'data'), at),
    },
  }
}

function refundTelling(refund: ProviderObject, at: number): Telling {
  needed(idAt(refund, 'payment_intent') ?? idAt(refund, 'charge'), 'payment intent and no charge')
  return { references: references(idAt(refund, 'payment_intent'), idAt(refund, 'charge')), facts: refundsOf([refund], at) }
}

function refundsOf(refunds: readonly unknown[], at: number): PaymentFacts {
  const known = refunds.flatMap((refund) => {
    const [id, minor, status] = [textAt(refund, 'id'), integerAt(refund, 'amount'), textAt(refund, 'status')]
    const hasFailed = status === 'failed' || status === 'canceled'
    if (id === undefined || minor === undefined || (status !== 'succeeded' && !hasFailed)) return []
    return [[id, { minor, hasFailed, at: (integerAt(refund, 'created') ?? at / 1_000) * 1_000 }] as const]
  })
  return known.length > 0 ? { refunds: Object.fromEntries(known) } : {}
}

/** Older versions of Stripe's API name the payment in the invoice; newer ones where the payments are expanded. */
function invoiceTellings(invoice: ProviderObject): Telling[] {
  const id = needed(textAt(invoice, 'id'), 'invoice (data.object.id)')
  return [
    ...invoicePaymentTelling(invoice, id),
    ...listAt(invoice, 'payments', 'data').flatMap((payment) => invoicePaymentTelling(objectAt(payment, 'payment'), id)),
  ]
}

function invoicePaymentTelling(payment: ProviderObject | undefined, invoice: string | undefined): Telling[] {
  const named = references(idAt(payment, 'payment_intent'), idAt(payment, 'charge'))
  return named.length === 0 ? [] : [{ references: named, facts: belongsTo(invoice ?? 'an invoice') }]
}

/**
 * Until 2025 an intent named its invoice. Since then only its order reference does, or the description that Stripe itself
 * writes; an `invoice_payment.paid` that comes later puts right what neither told.
 */
function invoiceOfIntent(intent: ProviderObject): string | undefined {
  const named = idAt(intent, 'invoice') ?? textAt(intent, 'payment_details', 'order_reference')
  if (named?.startsWith('in_')) return named
  return ['Subscription creation', 'Subscription update'].includes(textAt(intent, 'description') ?? '') ? 'a subscription' : undefined
}

function references(...ids: (string | undefined)[]): string[] {
  return ids.filter((id) => id !== undefined).map((id) => `stripe:${id}`)
}

function belongsTo(what: string): PaymentFacts {
  return { notAnOrder: `The payment belongs to ${what}.` }
}

function paid(object: ProviderObject, field: string, weight: number, at: number): PaymentFacts {
  const minor = needed(integerAt(object, field), `amount (data.object.${field})`)
  const currency = needed(textAt(object, 'currency'), 'currency (data.object.currency)')
  return { paid: { value: stripeAmount(minor, currency), rank: weight, at } }
}

/** The store's own id of the customer where it gave one to Stripe, else Stripe's. */
function customer(object: ProviderObject, weight: number, at: number): PaymentFacts {
  const own = textAt(object, 'metadata', 'customerId') ?? textAt(object, 'metadata', 'customer_id')
  return said('customerId', own ?? idAt(object, 'customer'), own === undefined ? weight : weight + 10, at)
}

function itemsOf(session: ProviderObject): OrderItem[] | undefined {
  const items = listAt(session, 'line_items', 'data').flatMap((line): OrderItem[] => {
    const [id, currency] = [textAt(line, 'id'), textAt(line, 'currency') ?? textAt(session, 'currency') ?? 'usd']
    const quantity = integerAt(line, 'quantity') ?? 1
    const total = integerAt(line, 'amount_total')
    if (id === undefined || total === undefined) return []
    const price = integerAt(line, 'price', 'unit_amount') ?? Math.round(total / Math.max(1, quantity))
    return [{
      id, productId: idAt(line, 'price', 'product') ?? null, sku: textAt(line, 'price', 'lookup_key') ?? null, title: textAt(line, 'description') ?? '',
      quantity, price: formatAmount(stripeAmount(price, currency)), total: formatAmount(stripeAmount(total, currency)),
    }]
  })
  return items.length > 0 ? items : undefined
}

function addressOf(shipping: ProviderObject | undefined): ShippingAddress | undefined {
  const address = objectAt(shipping, 'address')
  const [line1, city, country] = [textAt(address, 'line1'), textAt(address, 'city'), textAt(address, 'country')]
  if (line1 === undefined || country === undefined) return undefined
  return {
    name: textAt(shipping, 'name') ?? null, line1, line2: textAt(address, 'line2') ?? null, city: city ?? '',
    state: textAt(address, 'state') ?? null, postalCode: textAt(address, 'postal_code') ?? null, country,
  }
}

function said<Name extends 'customerId' | 'items' | 'shippingAddress'>(name: Name, value: unknown, weight: number, at: number): PaymentFacts {
  return value === undefined ? {} : { [name]: { value, rank: weight, at } satisfies Said<unknown> }
}
