import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import { decimalMoney } from './money.js'
import { addressAt, itemsAt, numberAt } from './reading.js'
import type { Item, NormalizedEvent, Payment } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'shopify'

/** Shopify: https://shopify.dev/docs/api/admin-rest/latest/resources/webhook#event-topics */
export function shopifyMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  switch (type) {
    case 'inventory_levels/update':
    case 'inventory_levels/connect': {
      const [productId, available] = [textAt(body, 'inventory_item_id'), at(body, 'available')]
      // Null stands for an item whose stock nobody tracks: no figure, so no change of one.
      if (productId === undefined || typeof available !== 'number') return []
      return [{ type: 'inventory.updated', data: { provider, productId, available, locationId: textAt(body, 'location_id') } }]
    }
    case 'orders/create': return order(body)
    case 'products/create': return product('product.created', body)
    case 'products/update': return product('product.updated', body)
    case 'products/delete': return product('product.deleted', body)
    case 'order_transactions/create': return transaction(body)
    case 'refunds/create': return refund(body)
    default: return []
  }
}

function order(body: unknown): NormalizedEvent[] {
  const id = textAt(body, 'id')
  if (id === undefined) return []
  return [{
    type: 'order.created', key: id,
    data: {
      provider, id, orderId: id, sessionId: sessionOf(body), orderNumber: textAt(body, 'name') ?? textAt(body, 'order_number'), ...decimalMoney(at(body, 'total_price'), at(body, 'currency')),
      customerId: textAt(body, 'customer', 'id'), email: textAt(body, 'email') ?? textAt(body, 'contact_email'), status: at(body, 'cancelled_at') == null ? 'open' : 'cancelled',
      paymentStatus: textAt(body, 'financial_status'), items: itemsAt(item, body, 'line_items'), shippingAddress: address(body, 'shipping_address'),
    },
  }]
}

function product(type: 'product.created' | 'product.updated' | 'product.deleted', body: unknown): NormalizedEvent[] {
  const id = textAt(body, 'id')
  return id === undefined ? [] : [{ type, data: { provider, id, productId: id, title: textAt(body, 'title') } }]
}

/** An authorization is no payment yet; its capture is. */
function transaction(body: unknown): NormalizedEvent[] {
  const [paymentId, kind, status] = [textAt(body, 'id'), textAt(body, 'kind'), textAt(body, 'status')]
  const money = decimalMoney(at(body, 'amount'), at(body, 'currency'))
  if (paymentId === undefined || money === undefined || (kind !== 'sale' && kind !== 'capture')) return []
  const data: Payment = { provider, paymentId, ...money, orderId: textAt(body, 'order_id') }
  if (status === 'success') return [{ type: 'payment.succeeded', key: paymentId, data }]
  return status === 'failure' || status === 'error' ? [{ type: 'payment.failed', key: paymentId, data: { ...data, failureCode: textAt(body, 'error_code'), failureMessage: textAt(body, 'message') } }] : []
}

/** The money of a refund stands in its transactions; a refund without one gave none back. */
function refund(body: unknown): NormalizedEvent[] {
  const refundId = textAt(body, 'id')
  const transactions = listAt(body, 'transactions').filter((each) => textAt(each, 'kind') === 'refund' && textAt(each, 'status') === 'success')
  const [first] = transactions
  const money = decimalMoney(at(first, 'amount'), at(first, 'currency'))
  if (refundId === undefined) return []
  return [{
    type: 'payment.refunded', key: refundId,
    data: { provider, refundId, ...(transactions.length === 1 && money), paymentId: textAt(first, 'parent_id'), orderId: textAt(body, 'order_id'), reason: textAt(body, 'note') },
  }]
}

/** What a storefront adds to an order is a list of names and values. */
function sessionOf(body: unknown): string | undefined {
  const attributes = listAt(body, 'note_attributes')
  return ['sessionId', 'session_id'].map((name) => textAt(attributes.find((each) => textAt(each, 'name') === name), 'value')).find((value) => value !== undefined)
}

function item(line: unknown): Item | undefined {
  return { id: textAt(line, 'id'), productId: textAt(line, 'product_id'), name: textAt(line, 'name') ?? textAt(line, 'title'), quantity: numberAt(line, 'quantity') ?? 1, price: textAt(line, 'price') }
}

const address = (value: unknown, ...path: string[]) => addressAt({
  name: ['name'], line1: ['address1'], line2: ['address2'], city: ['city'], region: ['province'], postalCode: ['zip'], country: ['country_code', 'country'], phone: ['phone'],
}, value, ...path)
