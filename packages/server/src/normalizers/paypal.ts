import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import { decimalMoney, type Money } from './money.js'
import { addressAt, itemsAt, numberAt } from './reading.js'
import type { Item, NormalizedEvent, Payment } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'paypal'

/** PayPal: https://developer.paypal.com/api/rest/webhooks/event-names/ */
export function paypalMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const resource = at(body, 'resource')
  switch (type) {
    case 'PAYMENT.CAPTURE.COMPLETED':
    case 'PAYMENT.SALE.COMPLETED': return payment('payment.succeeded', resource)
    case 'PAYMENT.CAPTURE.DENIED':
    case 'PAYMENT.CAPTURE.DECLINED':
    case 'PAYMENT.SALE.DENIED': return payment('payment.failed', resource)
    case 'PAYMENT.CAPTURE.REFUNDED':
    case 'PAYMENT.CAPTURE.REVERSED':
    case 'PAYMENT.SALE.REFUNDED':
    case 'PAYMENT.SALE.REVERSED': return refund(resource)
    // An order that was approved is not paid yet; one that is completed was captured.
    case 'CHECKOUT.ORDER.COMPLETED': return checkout(resource)
    default: return []
  }
}

function payment(type: 'payment.succeeded' | 'payment.failed', resource: unknown): NormalizedEvent[] {
  const paymentId = textAt(resource, 'id')
  const money = moneyAt(resource, 'amount')
  if (paymentId === undefined || money === undefined) return []
  const data: Payment = {
    provider, paymentId, ...money, orderId: textAt(resource, 'invoice_id') ?? textAt(resource, 'invoice_number'),
    subscriptionId: textAt(resource, 'billing_agreement_id'), sessionId: textAt(resource, 'supplementary_data', 'related_ids', 'order_id'),
    customerId: textAt(resource, 'payer', 'payer_id'), email: textAt(resource, 'payer', 'email_address'), ...custom(resource),
  }
  if (type === 'payment.succeeded') return [{ type, key: paymentId, data }]
  return [{ type, key: paymentId, data: { ...data, failureCode: textAt(resource, 'status_details', 'reason') ?? textAt(resource, 'reason_code') } }]
}

/** A refund names its payment only by a link. */
function refund(resource: unknown): NormalizedEvent[] {
  const refundId = textAt(resource, 'id')
  const money = moneyAt(resource, 'amount')
  if (refundId === undefined || money === undefined) return []
  const parent = listAt(resource, 'links').map((link) => textAt(link, 'href') ?? '').map((href) => /\/payments\/(?:captures|capture|sale)\/([A-Za-z0-9-]{1,64})$/.exec(href)?.[1]).find((id) => id !== undefined)
  const all = moneyAt(at(resource, 'seller_payable_breakdown'), 'total_refunded_amount')
  return [{
    type: 'payment.refunded', key: refundId,
    // PayPal v1 writes a refunded sale's amount with a minus.
    data: {
      provider, refundId, paymentId: textAt(resource, 'sale_id') ?? textAt(resource, 'capture_id') ?? parent, ...positive(money), refundedTotal: all?.total,
      orderId: textAt(resource, 'invoice_id'), reason: textAt(resource, 'note_to_payer') ?? textAt(resource, 'reason_code'),
    },
  }]
}

function checkout(order: unknown): NormalizedEvent[] {
  const sessionId = textAt(order, 'id')
  const [unit] = listAt(order, 'purchase_units')
  if (sessionId === undefined) return []
  const [capture] = listAt(unit, 'payments', 'captures')
  return [{
    type: 'checkout.completed', key: sessionId,
    data: {
      provider, sessionId, paymentStatus: 'paid', ...moneyAt(unit, 'amount'), paymentId: textAt(capture, 'id'), orderId: textAt(unit, 'invoice_id'), customerId: textAt(order, 'payer', 'payer_id'),
      email: textAt(order, 'payer', 'email_address'), items: itemsAt(item, unit, 'items'), shippingAddress: address(unit, 'shipping'), ...custom(unit),
    },
  }]
}

/** The v2 API calls it `value` and `currency_code`, the v1 API `total` and `currency`. */
function moneyAt(object: unknown, name: string): Money | undefined {
  const amount = at(object, name)
  return decimalMoney(at(amount, 'value') ?? at(amount, 'total'), at(amount, 'currency_code') ?? at(amount, 'currency'))
}

const positive = ({ amount, total, currency }: Money): Money => ({ amount: Math.abs(amount), total: total.replace(/^-/, ''), currency })

function custom(resource: unknown): { metadata?: Record<string, unknown> } {
  const customId = textAt(resource, 'custom_id') ?? textAt(resource, 'custom')
  return customId === undefined ? {} : { metadata: { customId } }
}

function item(line: unknown): Item | undefined {
  return { id: textAt(line, 'sku'), name: textAt(line, 'name'), quantity: numberAt(line, 'quantity') ?? 1, price: moneyAt(line, 'unit_amount')?.total }
}

const address = (value: unknown, ...path: string[]) => addressAt({
  name: ['name.full_name'], line1: ['address.address_line_1'], line2: ['address.address_line_2'], city: ['address.admin_area_2'], region: ['address.admin_area_1'],
  postalCode: ['address.postal_code'], country: ['address.country_code'], phone: ['phone_number.national_number'],
}, value, ...path)
