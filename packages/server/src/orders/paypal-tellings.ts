import { BadEvent } from '../consumers/consumer.js'
import { instantAt, listAt, needed, objectAt, textAt, type ProviderObject } from '../consumers/provider-json.js'
import { decimalAmount, formatAmount, type Amount } from '../money/amount.js'
import type { Telling, Tellings } from './telling.js'
import type { OrderItem, PaymentFacts, ShippingAddress } from './payment.js'

/** The types of PayPal's events that say something of a payment, as they are named in the stream. */
export const paypalTypes = [
  'paypal.PAYMENT.CAPTURE.COMPLETED', 'paypal.CHECKOUT.ORDER.COMPLETED', 'paypal.PAYMENT.SALE.COMPLETED',
  'paypal.PAYMENT.CAPTURE.REFUNDED', 'paypal.PAYMENT.CAPTURE.REVERSED', 'paypal.PAYMENT.SALE.REFUNDED', 'paypal.PAYMENT.SALE.REVERSED',
] as const

/** What an event of PayPal says of payments. A capture is the payment; a checkout order tells of each of its captures. */
export function paypalTellings(type: string, event: ProviderObject): Tellings {
  const resource = needed(objectAt(event, 'resource'), 'resource')
  const at = instantAt(event, 'create_time') ?? 0
  switch (type) {
    case 'paypal.PAYMENT.CAPTURE.COMPLETED':
      return { payments: [captureTelling(resource, at)] }
    case 'paypal.CHECKOUT.ORDER.COMPLETED':
      return { payments: listAt(resource, 'purchase_units').flatMap((unit) => unitTellings(resource, unit, at)) }
    case 'paypal.PAYMENT.SALE.COMPLETED':
      return { payments: [saleTelling(resource, at)] }
    default:
      return { payments: [refundTelling(resource, at)] }
  }
}

/** A capture's own event is surer of the amount than the order that lists it. */
const rank = { order: 1, capture: 2 } as const

function captureTelling(capture: ProviderObject, at: number): Telling {
  const id = needed(textAt(capture, 'id'), 'capture (resource.id)')
  return { references: [`paypal:${id}`], facts: { paid: { value: amountOf(capture), rank: rank.capture, at } } }
}

function unitTellings(order: ProviderObject, unit: unknown, at: number): Telling[] {
  const customerId = textAt(order, 'payer', 'payer_id')
  const [items, shippingAddress] = [itemsOf(unit), addressOf(objectAt(unit, 'shipping'))]
  const details: PaymentFacts = {
    ...(customerId !== undefined && { customerId: { value: customerId, rank: rank.order, at } }),
    ...(items !== undefined && { items: { value: items, rank: rank.order, at } }),
    ...(shippingAddress !== undefined && { shippingAddress: { value: shippingAddress, rank: rank.order, at } }),
  }
  return listAt(unit, 'payments', 'captures').flatMap((capture): Telling[] => {
    const id = textAt(capture, 'id')
    if (id === undefined) return []
    const isPaid = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(textAt(capture, 'status') ?? '')
    return [{ references: [`paypal:${id}`], facts: { ...details, ...(isPaid && { paid: { value: amountOf(capture), rank: rank.order, at } }) } }]
  })
}

/** PayPal's first API: a sale. One with a billing agreement is a subscription's. */
function saleTelling(sale: ProviderObject, at: number): Telling {
  const id = needed(textAt(sale, 'id'), 'sale (resource.id)')
  const agreement = textAt(sale, 'billing_agreement_id')
  return {
    references: [`paypal:${id}`],
    facts: { paid: { value: amountOf(sale), rank: rank.capture, at }, ...(agreement !== undefined && { notAnOrder: `The payment belongs to subscription ${agreement}.` }) },
  }
}

function refundTelling(refund: ProviderObject, at: number): Telling {
  const payment = textAt(refund, 'sale_id') ?? textAt(refund, 'supplementary_data', 'related_ids', 'capture_id') ?? captureAbove(refund) ?? capturedItself(refund)
  const id = needed(textAt(refund, 'id'), 'refund (resource.id)')
  const status = textAt(refund, 'status') ?? textAt(refund, 'state') ?? 'COMPLETED'
  const hasFailed = ['FAILED', 'CANCELLED'].includes(status.toUpperCase())
  const refunds = { [id]: { minor: Math.abs(amountOf(refund).minor), hasFailed, at: instantAt(refund, 'create_time') ?? at } }
  return { references: [`paypal:${needed(payment, 'capture that was refunded')}`], facts: status.toUpperCase() === 'PENDING' ? {} : { refunds } }
}

/** A refund points to its capture by a link only: `…/v2/payments/captures/<id>`. */
function captureAbove(refund: ProviderObject): string | undefined {
  const above = listAt(refund, 'links').find((link) => textAt(link, 'rel') === 'up')
  return /\/(?:captures|capture|sale)\/([A-Za-z0-9]+)$/.exec(textAt(above, 'href') ?? '')?.[1]
}

/** What was reversed is sometimes told as the capture itself. */
function capturedItself(capture: ProviderObject): string | undefined {
  return textAt(capture, 'status') === 'REVERSED' || objectAt(capture, 'seller_receivable_breakdown') !== undefined ? textAt(capture, 'id') : undefined
}

/** `{value, currency_code}`, or `{total, currency}` in PayPal's first API. */
function amountOf(object: unknown): Amount {
  const value = textAt(object, 'amount', 'value') ?? textAt(object, 'amount', 'total')
  const currency = needed(textAt(object, 'amount', 'currency_code') ?? textAt(object, 'amount', 'currency'), 'currency')
  const amount = decimalAmount(needed(value, 'amount'), currency)
  if (amount === undefined) throw new BadEvent(`${value} is no amount of ${currency}.`)
  return amount
}

function itemsOf(unit: unknown): OrderItem[] | undefined {
  const items = listAt(unit, 'items').flatMap((item, i): OrderItem[] => {
    const price = decimalAmount(textAt(item, 'unit_amount', 'value') ?? '', textAt(item, 'unit_amount', 'currency_code') ?? '')
    const quantity = Number(textAt(item, 'quantity') ?? 1)
    if (price === undefined || !Number.isSafeInteger(quantity)) return []
    const sku = textAt(item, 'sku') ?? null
    return [{
      id: `item_${i + 1}`, productId: null, sku, title: textAt(item, 'name') ?? '', quantity,
      price: formatAmount(price), total: formatAmount({ ...price, minor: price.minor * quantity }),
    }]
  })
  return items.length > 0 ? items : undefined
}

function addressOf(shipping: ProviderObject | undefined): ShippingAddress | undefined {
  const address = objectAt(shipping, 'address')
  const [line1, country] = [textAt(address, 'address_line_1'), textAt(address, 'country_code')]
  if (line1 === undefined || country === undefined) return undefined
  return {
    name: textAt(shipping, 'name', 'full_name') ?? null, line1, line2: textAt(address, 'address_line_2') ?? null, city: textAt(address, 'admin_area_2') ?? '',
    state: textAt(address, 'admin_area_1') ?? null, postalCode: textAt(address, 'postal_code') ?? null, country,
  }
}
