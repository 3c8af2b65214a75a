import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import { isoMoney, type Money } from './money.js'
import { addressAt, numberAt, sessionIn } from './reading.js'
import type { NormalizedEvent, Payment } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'square'

/** Square: https://developer.squareup.com/docs/webhooks/v2webhook-events-tech-ref */
export function squareMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const object = at(body, 'data', 'object')
  switch (type) {
    case 'payment.created':
    case 'payment.updated': return payment(at(object, 'payment'))
    case 'refund.created':
    case 'refund.updated': return refund(at(object, 'refund'))
    case 'inventory.count.updated': return stock(object)
    case 'order.created': return order(body)
    // Which products changed is not told, and nothing is guessed.
    case 'catalog.version.updated': {
      const changedSince = textAt(object, 'catalog_version', 'updated_at')
      return changedSince === undefined ? [] : [{ type: 'product.updated', data: { provider, changedSince } }]
    }
    default: return []
  }
}

/** Many updates of a payment tell the same state; the key lets one of them through. */
function payment(object: unknown): NormalizedEvent[] {
  const [paymentId, status] = [textAt(object, 'id'), textAt(object, 'status')]
  const money = moneyAt(object, 'total_money') ?? moneyAt(object, 'amount_money')
  if (paymentId === undefined || money === undefined) return []
  const data: Payment = {
    provider, paymentId, ...money, orderId: textAt(object, 'order_id'), customerId: textAt(object, 'customer_id'), email: textAt(object, 'buyer_email_address'),
    sessionId: textAt(object, 'reference_id'), shippingAddress: address(object, 'shipping_address'),
  }
  if (status === 'COMPLETED') return [{ type: 'payment.succeeded', key: paymentId, data }]
  if (status !== 'FAILED') return []
  const [error] = listAt(object, 'card_details', 'errors')
  return [{ type: 'payment.failed', key: paymentId, data: { ...data, failureCode: textAt(error, 'code'), failureMessage: textAt(error, 'detail') } }]
}

function refund(object: unknown): NormalizedEvent[] {
  const refundId = textAt(object, 'id')
  const money = moneyAt(object, 'amount_money')
  if (refundId === undefined || money === undefined || textAt(object, 'status') !== 'COMPLETED') return []
  return [{ type: 'payment.refunded', key: refundId, data: { provider, refundId, paymentId: textAt(object, 'payment_id'), ...money, orderId: textAt(object, 'order_id'), reason: textAt(object, 'reason') } }]
}

/** Counts of other states (SOLD, WASTE …) say nothing about what is available. */
function stock(object: unknown): NormalizedEvent[] {
  return listAt(object, 'inventory_counts').flatMap((count): NormalizedEvent[] => {
    const [productId, available] = [textAt(count, 'catalog_object_id'), numberAt(count, 'quantity')]
    if (textAt(count, 'state') !== 'IN_STOCK' || productId === undefined || available === undefined) return []
    return [{ type: 'inventory.updated', data: { provider, productId, available, locationId: textAt(count, 'location_id') } }]
  })
}

function order(body: unknown): NormalizedEvent[] {
  const created = at(body, 'data', 'object', 'order_created') ?? at(body, 'data', 'object', 'order')
  const id = textAt(created, 'order_id') ?? textAt(created, 'id') ?? textAt(body, 'data', 'id')
  if (id === undefined) return []
  return [{
    type: 'order.created', key: id,
    data: { provider, id, orderId: id, sessionId: sessionIn(at(created, 'metadata')), status: textAt(created, 'state'), customerId: textAt(created, 'customer_id'), ...moneyAt(created, 'total_money') },
  }]
}

function moneyAt(object: unknown, name: string): Money | undefined {
  const money = at(object, name)
  return isoMoney(at(money, 'amount'), at(money, 'currency'))
}

const address = (value: unknown, ...path: string[]) => addressAt({
  name: ['first_name'], line1: ['address_line_1'], line2: ['address_line_2'], city: ['locality'], region: ['administrative_district_level_1'], postalCode: ['postal_code'], country: ['country'], phone: ['phone_number'],
}, value, ...path)
