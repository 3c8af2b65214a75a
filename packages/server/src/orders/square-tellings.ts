import { instantAt, integerAt, needed, objectAt, textAt, type ProviderObject } from '../consumers/provider-json.js'
import { isoAmount, type Amount } from '../money/amount.js'
import type { Telling, Tellings } from './telling.js'
import type { ShippingAddress } from './payment.js'

/** The types of Square's events that say something of a payment, as they are named in the stream. */
export const squareTypes = [
  'square.payment.created', 'square.payment.updated', 'square.refund.created', 'square.refund.updated',
  'square.invoice.created', 'square.invoice.published', 'square.invoice.updated', 'square.invoice.payment_made',
] as const

/** What an event of Square says of payments. That one belongs to an invoice is told of the order which both share. */
export function squareTellings(type: string, event: ProviderObject): Tellings {
  const at = instantAt(event, 'created_at') ?? 0
  const [payment, refund, invoice] = ['payment', 'refund', 'invoice'].map((name) => objectAt(event, 'data', 'object', name))
  if (type.startsWith('square.payment.')) return { payments: [paymentTelling(needed(payment, 'payment (data.object.payment)'), at)] }
  if (type.startsWith('square.refund.')) return { payments: [refundTelling(needed(refund, 'refund (data.object.refund)'), at)] }
  const order = textAt(invoice, 'order_id')
  return order === undefined ? { payments: [] } : { payments: [], invoiced: { providerOrder: `square:${order}`, invoice: textAt(invoice, 'id') ?? 'an invoice' } }
}

function paymentTelling(payment: ProviderObject, at: number): Telling {
  const changedAt = instantAt(payment, 'updated_at') ?? at
  const customerId = textAt(payment, 'customer_id')
  const shippingAddress = addressOf(objectAt(payment, 'shipping_address'))
  const order = textAt(payment, 'order_id')
  const refunded = integerAt(payment, 'refunded_money', 'amount') ?? 0
  const id = needed(textAt(payment, 'id'), 'payment (data.object.payment.id)')
  return {
    references: [`square:${id}`],
    providerOrder: order === undefined ? undefined : `square:${order}`,
    facts: {
      ...(textAt(payment, 'status') === 'COMPLETED' && { paid: { value: amountOf(payment, 'total_money'), rank: 1, at: changedAt } }),
      ...(customerId !== undefined && { customerId: { value: customerId, rank: 1, at: changedAt } }),
      ...(shippingAddress !== undefined && { shippingAddress: { value: shippingAddress, rank: 1, at: changedAt } }),
      ...(refunded > 0 && { refundedInAll: { minor: refunded, of: id, at: changedAt } }),
    },
  }
}

function refundTelling(refund: ProviderObject, at: number): Telling {
  const status = textAt(refund, 'status')
  const hasFailed = status === 'REJECTED' || status === 'FAILED'
  const id = needed(textAt(refund, 'id'), 'refund (data.object.refund.id)')
  const payment = needed(textAt(refund, 'payment_id'), 'payment (data.object.refund.payment_id)')
  const told = { minor: amountOf(refund, 'amount_money').minor, hasFailed, at: instantAt(refund, 'created_at') ?? at }
  return { references: [`square:${payment}`], facts: status === 'COMPLETED' || hasFailed ? { refunds: { [id]: told } } : {} }
}

function amountOf(object: ProviderObject, field: string): Amount {
  return isoAmount(needed(integerAt(object, field, 'amount'), `amount (${field})`), needed(textAt(object, field, 'currency'), `currency (${field})`))
}

function addressOf(address: ProviderObject | undefined): ShippingAddress | undefined {
  const [line1, country] = [textAt(address, 'address_line_1'), textAt(address, 'country')]
  if (line1 === undefined || country === undefined) return undefined
  const name = [textAt(address, 'first_name'), textAt(address, 'last_name')].filter((part) => part !== undefined).join(' ')
  return {
    name: name === '' ? null : name, line1, line2: textAt(address, 'address_line_2') ?? null, city: textAt(address, 'locality') ?? '',
    state: textAt(address, 'administrative_district_level_1') ?? null, postalCode: textAt(address, 'postal_code') ?? null, country,
  }
}
