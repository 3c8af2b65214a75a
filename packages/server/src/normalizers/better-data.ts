import { at, textAt } from '@posthorn/webhooks/exact-json'
import type { NormalizedEvent } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'better-data'

/** Better Data speaks the gateway's words already (Commerce Gateway, "Supported Events"). */
export function betterDataMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const data = at(body, 'data')
  const [productId, orderId, sessionId] = [textAt(data, 'productId'), textAt(data, 'orderId'), textAt(data, 'sessionId')]
  switch (type) {
    case 'checkout.completed': return orderId === undefined || sessionId === undefined ? [] : [{ type, data: { provider, sessionId, orderId } }]
    case 'order.created': return orderId === undefined ? [] : [{ type, data: { provider, id: orderId, orderId, sessionId } }]
    case 'inventory.updated': {
      const available = at(data, 'available')
      return productId === undefined || typeof available !== 'number' ? [] : [{ type, data: { provider, productId, available, locationId: textAt(data, 'locationId') } }]
    }
    case 'product.created':
    case 'product.updated':
    case 'product.deleted': return productId === undefined ? [] : [{ type, data: { provider, id: productId, productId } }]
    default: return []
  }
}
