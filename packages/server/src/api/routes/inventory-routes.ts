import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { Problem } from '../../problems/problem.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema } from '../schemas/paging.js'

const stockLevel = z.object({
  productId: z.string(), locationId: z.string().nullable(), available: z.number(), updatedAt: z.string().openapi({ description: 'When the platform said so.' }),
}).openapi('StockLevel')

const listInventory = operation({
  method: 'get',
  path: '/v1/organizations/{org}/inventory',
  summary: 'Lists how much of each product there is and where, as the platforms told it.',
  tag: 'Inventory',
  scope: 'webhooks:read',
  query: z.strictObject({ ...pageQuery, after: z.string().max(600).optional() }),
  answers: { 200: pageSchema(stockLevel) },
  async handle({ organization, query }, { engine }) {
    const found = await engine.store.query('listStock', { organizationId: organization.id, after: parsePlace(query.after), limit: query.limit + 1 })
    return {
      status: 200,
      body: page(found, query.limit, ({ productId, locationId, available, toldAt }) => ({ productId, locationId: locationId || null, available, updatedAt: formatInstant(toldAt) }), (last) =>
        Buffer.from(JSON.stringify([last.productId, last.locationId])).toString('base64url')),
    }
  },
})

export const inventoryOperations = [listInventory]

function parsePlace(after: string | undefined): { productId: string; locationId: string } | undefined {
  if (after === undefined) return undefined
  try {
    const [productId, locationId] = JSON.parse(Buffer.from(after, 'base64url').toString('utf8')) as unknown[]
    if (typeof productId === 'string' && typeof locationId === 'string') return { productId, locationId }
  } catch { /* told below */ }
  throw new Problem('invalid_request', '"after" is not a cursor of this list.', { errors: [{ path: 'after', code: 'invalid_cursor', message: 'is not the "next" of a page of this list' }] })
}
