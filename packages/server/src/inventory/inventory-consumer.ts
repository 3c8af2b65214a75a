import { parseObject, textAt, valueAt } from '../consumers/provider-json.js'
import { sql } from '../storage/sql.js'
import type { ConsumedEvent, Consumer } from '../consumers/consumer.js'
import type { Database } from '../storage/database.js'

/**
 * Keeps a small table of products and stock in step with what the platforms tell. It publishes nothing: what Square and
 * Shopify say is `inventory.updated` and `product.…` already when it comes here, and a type has one owner.
 */
export const inventoryConsumer: Consumer = {
  name: 'inventory',
  types: ['inventory.updated', 'product.created', 'product.updated', 'product.deleted'],
  async consume(tx, event) {
    const data = parseObject(event.data)
    const productId = textAt(data, 'productId') ?? textAt(data, 'id')
    // Square says of its catalog only that something in it has changed.
    if (productId === undefined) return []
    if (event.type === 'inventory.updated') await keepStock(tx, event, { productId, locationId: textAt(data, 'locationId') ?? '', available: valueAt(data, 'available') })
    else await keepProduct(tx, event, productId)
    return []
  },
}

async function keepStock(tx: Database, event: ConsumedEvent, { productId, locationId, available }: { productId: string; locationId: string; available: unknown }): Promise<void> {
  if (typeof available !== 'number') return
  await tx.run(sql`
    insert into stock_levels (organization_id, product_id, location_id, available, told_at, told_by)
    values (${event.organizationId}, ${productId}, ${locationId}, ${available}, ${event.occurredAt}, ${event.id})
    on conflict (organization_id, product_id, location_id) do update set available = excluded.available, told_at = excluded.told_at, told_by = excluded.told_by
    where excluded.told_at > stock_levels.told_at or (excluded.told_at = stock_levels.told_at and excluded.told_by > stock_levels.told_by)`)
}

async function keepProduct(tx: Database, event: ConsumedEvent, productId: string): Promise<void> {
  const isDeleted = event.type === 'product.deleted' ? 1 : 0
  await tx.run(sql`
    insert into products (organization_id, product_id, data, is_deleted, told_at, told_by)
    values (${event.organizationId}, ${productId}, ${event.data}, ${isDeleted}, ${event.occurredAt}, ${event.id})
    on conflict (organization_id, product_id) do update set data = excluded.data, is_deleted = excluded.is_deleted, told_at = excluded.told_at, told_by = excluded.told_by
    where excluded.told_at > products.told_at or (excluded.told_at = products.told_at and excluded.told_by > products.told_by)`)
}
