import { at, listAt, textAt } from '../exact-json.js'
import type { GatewayEvent, InventoryChange, WebhookEvent } from './webhook-event.js'

export type GatewayProvider = 'shopify' | 'square' | 'better-data'

/**
 * What a verified request of Shopify, Square or Better Data says in the gateway's words (Commerce Gateway, "Supported Events").
 * A topic that the gateway has no word for keeps the sender's own; a known topic without the fields it must have is malformed.
 */
export function gatewayEvents(provider: GatewayProvider, topic: string, id: string | undefined, body: unknown): GatewayEvent[] | { problem: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { problem: 'the body is no JSON object' }
  const tell = <Type extends string, Data>(type: Type, data: Data): WebhookEvent<Type, Data> => ({ type, id, provider, data, original: body })
  switch (provider) {
    case 'shopify': return shopifyEvents(topic, body, tell)
    case 'square': return squareEvents(topic, body, tell)
    case 'better-data': return betterDataEvents(topic, body, tell)
  }
}

type Tell = <Type extends string, Data>(type: Type, data: Data) => WebhookEvent<Type, Data>

function shopifyEvents(topic: string, body: object, tell: Tell): GatewayEvent[] | { problem: string } {
  switch (topic) {
    case 'inventory_levels/update':
    case 'inventory_levels/connect': {
      const productId = textAt(body, 'inventory_item_id')
      const available = at(body, 'available')
      if (productId === undefined) return { problem: '"inventory_item_id" is missing' }
      // Shopify sends null for an item whose stock is not tracked: no figure, so no change of one.
      if (available === null) return [tell(native('shopify', topic), body)]
      if (typeof available !== 'number') return { problem: '"available" is no number' }
      return [tell('inventory.updated', withoutUndefined({ productId, available, locationId: textAt(body, 'location_id') }))]
    }
    case 'orders/create': {
      const orderId = textAt(body, 'id')
      return orderId === undefined ? { problem: '"id" is missing' } : [tell('order.created', withoutUndefined({ orderId, sessionId: shopifySession(body) }))]
    }
    case 'products/create': return productEvents('product.created', body, tell)
    case 'products/update': return productEvents('product.updated', body, tell)
    case 'products/delete': return productEvents('product.deleted', body, tell)
    default: return [tell(native('shopify', topic), body)]
  }
}

function productEvents(type: 'product.created' | 'product.updated' | 'product.deleted', body: object, tell: Tell): GatewayEvent[] | { problem: string } {
  const productId = textAt(body, 'id')
  return productId === undefined ? { problem: '"id" is missing' } : [tell(type, { productId })]
}

function squareEvents(type: string, body: object, tell: Tell): GatewayEvent[] | { problem: string } {
  const object = at(body, 'data', 'object')
  switch (type) {
    case 'inventory.count.updated': {
      const counts = listAt(object, 'inventory_counts')
      if (counts.length === 0) return { problem: '"data.object.inventory_counts" is missing' }
      const changes = counts.filter((count) => textAt(count, 'state') === 'IN_STOCK').map(squareCount)
      if (!changes.every((change) => change !== undefined)) return { problem: 'an inventory count has no "catalog_object_id" or no number as its "quantity"' }
      // Counts of other states (SOLD, WASTE …) say nothing about what is available.
      return changes.length > 0 ? changes.map((change) => tell('inventory.updated', change)) : [tell(native('square', type), at(body, 'data'))]
    }
    case 'order.created': {
      const orderId = textAt(object, 'order_created', 'order_id') ?? textAt(object, 'order', 'id') ?? textAt(body, 'data', 'id')
      const sessionId = session(at(object, 'order_created', 'metadata')) ?? session(at(object, 'order', 'metadata'))
      return orderId === undefined ? { problem: '"data.object.order_created.order_id" is missing' } : [tell('order.created', withoutUndefined({ orderId, sessionId }))]
    }
    case 'catalog.version.updated': {
      const changedSince = textAt(object, 'catalog_version', 'updated_at')
      return changedSince === undefined ? { problem: '"data.object.catalog_version.updated_at" is missing' } : [tell('product.updated', { changedSince })]
    }
    default: return [tell(native('square', type), at(body, 'data'))]
  }
}

function squareCount(count: unknown): InventoryChange | undefined {
  const [productId, quantity] = [textAt(count, 'catalog_object_id'), textAt(count, 'quantity')]
  const available = Number(quantity)
  if (productId === undefined || quantity === undefined || !Number.isFinite(available)) return undefined
  return withoutUndefined({ productId, available, locationId: textAt(count, 'location_id') })
}

function betterDataEvents(type: string, body: object, tell: Tell): GatewayEvent[] | { problem: string } {
  const data = at(body, 'data')
  const [productId, orderId, sessionId] = [textAt(data, 'productId'), textAt(data, 'orderId'), textAt(data, 'sessionId')]
  switch (type) {
    case 'checkout.completed':
      return orderId === undefined || sessionId === undefined ? { problem: '"data.sessionId" or "data.orderId" is missing' } : [tell('checkout.completed', { sessionId, orderId })]
    case 'order.created':
      return orderId === undefined ? { problem: '"data.orderId" is missing' } : [tell('order.created', withoutUndefined({ orderId, sessionId }))]
    case 'inventory.updated': {
      const available = at(data, 'available')
      if (productId === undefined || typeof available !== 'number') return { problem: '"data.productId" is missing or "data.available" is no number' }
      return [tell('inventory.updated', withoutUndefined({ productId, available, locationId: textAt(data, 'locationId') }))]
    }
    case 'product.created':
    case 'product.updated':
    case 'product.deleted':
      return productId === undefined ? { problem: '"data.productId" is missing' } : [tell(type, { productId })]
    default:
      return [tell(native('better-data', type), data)]
  }
}

const native = <Provider extends GatewayProvider>(provider: Provider, type: string): `${Provider}.${string}` =>
  `${provider}.${type.replace(/[^A-Za-z0-9_-]+/g, '.').replace(/^\.+|\.+$/g, '')}`

/** Shopify keeps what a storefront adds to an order in `note_attributes`, a list of names and values. */
function shopifySession(order: object): string | undefined {
  for (const name of sessionNames) {
    const attribute = listAt(order, 'note_attributes').find((each) => textAt(each, 'name') === name)
    const value = textAt(attribute, 'value')
    if (value !== undefined) return value
  }
  return undefined
}

const sessionNames = ['sessionId', 'session_id']
const session = (metadata: unknown) => sessionNames.map((name) => textAt(metadata, name)).find((value) => value !== undefined)

const withoutUndefined = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
