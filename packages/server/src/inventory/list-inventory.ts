import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

export interface StockLevel { productId: string; locationId: string; available: number; toldAt: number }

/** How much of each product there is and where, by product and place. `after`: the last one that was seen. */
export async function listStock(db: Database, { organizationId, after, limit }: { organizationId: number; after: { productId: string; locationId: string } | undefined; limit: number }): Promise<StockLevel[]> {
  const rows = await db.all<{ product_id: string; location_id: string; available: number; told_at: number }>(sql`
    select product_id, location_id, available, told_at from stock_levels
    where organization_id = ${organizationId} and (product_id, location_id) > (${after?.productId ?? ''}, ${after?.locationId ?? ''})
    order by product_id, location_id limit ${limit}`)
  return rows.map((row) => ({ productId: row.product_id, locationId: row.location_id, available: row.available, toldAt: row.told_at }))
}
