import { sql } from '../storage/sql.js'
import { orderOf, type Order } from './decide.js'
import type { Database } from '../storage/database.js'
import type { PaymentFacts } from './payment.js'

/** An order as it is listed. */
export interface ListedOrder extends Order {
  currency: string
  /** The number within `orderNumber`, by which a list goes on. */
  number: number
  createdAt: number
  updatedAt: number
}

/** An organization's orders, newest first. `before`: the number of the last one that was seen. */
export async function listOrders(db: Database, { organizationId, before, limit }: { organizationId: number; before: number | undefined; limit: number }): Promise<ListedOrder[]> {
  const rows = await db.all<{ id: number; facts: string; order_number: number; invoice: string | null; created_at: number; updated_at: number }>(sql`
    select p.id, p.facts, p.order_number, i.invoice, p.created_at, p.updated_at
    from payments p left join invoiced_orders i on i.organization_id = p.organization_id and i.provider_order = p.provider_order
    where p.organization_id = ${organizationId} and p.order_number is not null and p.order_number < ${before ?? Number.MAX_SAFE_INTEGER}
    order by p.order_number desc limit ${limit}`)
  return rows.map((row) => {
    const facts = JSON.parse(row.facts) as PaymentFacts
    const order = orderOf({ id: row.id, facts, orderNumber: row.order_number, invoicedBy: row.invoice })
    return { ...order, currency: facts.paid?.value.currency ?? '', number: row.order_number, createdAt: row.created_at, updatedAt: row.updated_at }
  })
}
