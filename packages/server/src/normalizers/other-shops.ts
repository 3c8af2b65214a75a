import { at, textAt } from '@posthorn/webhooks/exact-json'
import { decimalMoney } from './money.js'
import { itemsAt, numberAt } from './reading.js'
import type { NormalizedEvent } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

/** WooCommerce: https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks */
export function woocommerceMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const provider = 'woocommerce'
  const id = textAt(body, 'id')
  if (id === undefined) return []
  switch (type) {
    case 'order.created': {
      const items = itemsAt((line) => ({ id: textAt(line, 'id'), productId: textAt(line, 'product_id'), name: textAt(line, 'name'), quantity: numberAt(line, 'quantity') ?? 1 }), body, 'line_items')
      return [{
        type: 'order.created', key: id,
        data: {
          provider, id, orderId: id, orderNumber: textAt(body, 'number'), ...decimalMoney(at(body, 'total'), at(body, 'currency')), customerId: idUnlessGuest(body),
          email: textAt(body, 'billing', 'email'), status: textAt(body, 'status'), items,
        },
      }]
    }
    case 'product.created':
    case 'product.updated':
    case 'product.deleted': return [{ type, data: { provider, id, productId: id, title: textAt(body, 'name') } }]
    default: return []
  }
}

const idUnlessGuest = (body: unknown): string | undefined => at(body, 'customer_id') === 0 ? undefined : textAt(body, 'customer_id')

/** BigCommerce names what changed and nothing more: https://developer.bigcommerce.com/docs/integrations/webhooks/events */
export function bigcommerceMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const provider = 'bigcommerce'
  const id = textAt(body, 'data', 'id')
  if (id === undefined) return []
  switch (type) {
    case 'store/order/created': return [{ type: 'order.created', key: id, data: { provider, id, orderId: id } }]
    case 'store/product/created': return [{ type: 'product.created', data: { provider, id, productId: id } }]
    case 'store/product/updated': return [{ type: 'product.updated', data: { provider, id, productId: id } }]
    case 'store/product/deleted': return [{ type: 'product.deleted', data: { provider, id, productId: id } }]
    default: return []
  }
}
