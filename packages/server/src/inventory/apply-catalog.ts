import { append } from '../events/append.js'
import { origins, type NewEvent } from '../events/event.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** A product as whoever asked the platform's catalog found it. */
export interface FetchedProduct {
  productId: string
  title?: string
  description?: string
  /** As text: "59.99". */
  price?: string
  currency?: string
  images?: readonly string[]
  isDeleted?: boolean
}

/**
 * Takes in what was fetched after a platform said that its catalog has changed, and publishes each product that is not as it
 * was known. Told again, it changes nothing.
 */
export async function applyCatalog(db: Database, { organizationId, products, occurredAt, toldBy, at }: { organizationId: number; products: readonly FetchedProduct[]; occurredAt: number; toldBy: number; at: number }): Promise<{ published: number }> {
  return db.transaction(async (tx) => {
    const published: NewEvent[] = []
    for (const { isDeleted = false, ...product } of products) {
      const data = JSON.stringify(product)
      const known = await tx.first<{ data: string; is_deleted: number }>(sql`select data, is_deleted from products where organization_id = ${organizationId} and product_id = ${product.productId}`)
      if (known?.data === data && known.is_deleted === Number(isDeleted)) continue
      await tx.run(sql`
        insert into products (organization_id, product_id, data, is_deleted, told_at, told_by)
        values (${organizationId}, ${product.productId}, ${data}, ${Number(isDeleted)}, ${occurredAt}, ${toldBy})
        on conflict (organization_id, product_id) do update set data = excluded.data, is_deleted = excluded.is_deleted, told_at = excluded.told_at, told_by = excluded.told_by`)
      published.push({ organizationId, type: isDeleted ? 'product.deleted' : 'product.updated', data, occurredAt, createdAt: at, origin: origins.consumer, bytes: data.length })
    }
    if (published.length > 0) await append(tx, published)
    return { published: published.length }
  })
}
