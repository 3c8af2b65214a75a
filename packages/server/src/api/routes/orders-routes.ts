import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import type { ListedOrder } from '../../orders/list-orders.js'

const item = z.object({ id: z.string(), productId: z.string().nullable(), sku: z.string().nullable(), title: z.string(), quantity: z.number().int(), price: z.string(), total: z.string() })

const address = z.object({
  name: z.string().nullable(), line1: z.string(), line2: z.string().nullable(), city: z.string(), state: z.string().nullable(), postalCode: z.string().nullable(), country: z.string(),
})

const order = z.object({
  id: z.string(), orderNumber: z.string().openapi({ example: 'ORD-000001' }), customerId: z.string().nullable(), total: z.string().openapi({ example: '99.99' }), currency: z.string(),
  status: z.enum(['paid', 'refunded', 'cancelled']), paymentStatus: z.enum(['succeeded', 'partially_refunded', 'refunded']),
  items: z.array(item), shippingAddress: address.nullable(), createdAt: z.string(), updatedAt: z.string(),
}).openapi('Order')

const listOrders = operation({
  method: 'get',
  path: '/v1/organizations/{org}/orders',
  summary: 'Lists the orders that payments have made, newest first.',
  tag: 'Orders',
  scope: 'webhooks:read',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(order) },
  async handle({ organization, query }, { engine }) {
    const before = parseCursor(query.after, (text) => /^\d{1,15}$/.test(text) ? Number(text) : undefined)
    const found = await engine.store.query('listOrders', { organizationId: organization.id, before, limit: query.limit + 1 })
    return { status: 200, body: page(found, query.limit, showOrder, (last) => String(last.number)) }
  },
})

export const ordersOperations = [listOrders]

function showOrder({ id, orderNumber, customerId, total, currency, status, paymentStatus, items, shippingAddress, createdAt, updatedAt }: ListedOrder): z.input<typeof order> {
  return { id, orderNumber, customerId, total, currency, status, paymentStatus, items: [...items], shippingAddress, createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt) }
}
