import { sql, type Sql } from '../storage/sql.js'
import { decide, orderOf, type OrderEvent } from './decide.js'
import { mergeFacts, type Payment, type PaymentFacts } from './payment.js'
import type { Column, Database } from '../storage/database.js'
import type { Telling } from './telling.js'

/**
 * Joins what was told of a payment with what is known of it, makes its order when it is time, and gives what is to be told
 * of that. The caller sees to it that nobody else does so for this organization meanwhile.
 */
export async function takeInTelling(tx: Database, organizationId: number, telling: Telling): Promise<OrderEvent[]> {
  const known = await findPayments(tx, organizationId, telling.references)
  const [first = await beginPayment(tx, organizationId), ...same] = known
  const providerOrder = telling.providerOrder ?? known.find((payment) => payment.providerOrder !== null)?.providerOrder ?? null
  const after = {
    ...first, providerOrder,
    facts: known.slice(1).reduce((facts, payment) => mergeFacts(facts, payment.facts), mergeFacts(first.facts, telling.facts)),
    invoicedBy: providerOrder === null ? null : await findInvoice(tx, organizationId, providerOrder),
  }
  const events = await keep(tx, organizationId, first, after)
  await nameAlso(tx, organizationId, first.id, telling.references)
  for (const payment of same) events.push(...await dissolve(tx, organizationId, payment, first))
  return events
}

/** A provider's own order turns out to be an invoice's: the payments that are known of it make no order. */
export async function takeInInvoice(tx: Database, organizationId: number, { providerOrder, invoice }: { providerOrder: string; invoice: string }): Promise<OrderEvent[]> {
  const isNew = await tx.run(sql`
    insert into invoiced_orders (organization_id, provider_order, invoice) values (${organizationId}, ${providerOrder}, ${invoice})
    on conflict do nothing`) > 0
  if (!isNew) return []
  const payments = await readPayments(tx, sql`p.organization_id = ${organizationId} and p.provider_order = ${providerOrder}`)
  return payments.flatMap((payment) => decide({ ...payment, invoicedBy: null }, payment, 0).events)
}

interface KnownPayment extends Payment { providerOrder: string | null }

const references: readonly Column[] = ['reference text']
const namings: readonly Column[] = ['organization_id int', 'reference text', 'payment_id int']

/** The payments that any of these names is known of; the one that has made the earliest order first. */
function findPayments(tx: Database, organizationId: number, names: readonly string[]): Promise<KnownPayment[]> {
  return readPayments(tx, sql`p.id in (
    select payment_id from payment_references
    where organization_id = ${organizationId} and reference in (select reference from ${tx.rows(names.map((name) => [name]), references)} as r))`)
}

async function readPayments(tx: Database, where: Sql): Promise<KnownPayment[]> {
  const rows = await tx.all<{ id: number; facts: string; provider_order: string | null; order_number: number | null; invoice: string | null }>(sql`
    select p.id, p.facts, p.provider_order, p.order_number, i.invoice
    from payments p left join invoiced_orders i on i.organization_id = p.organization_id and i.provider_order = p.provider_order
    where ${where}
    order by case when p.order_number is null then 1 else 0 end, p.order_number, p.id`)
  return rows.map((row) => ({ id: row.id, facts: JSON.parse(row.facts) as PaymentFacts, orderNumber: row.order_number, invoicedBy: row.invoice, providerOrder: row.provider_order }))
}

async function beginPayment(tx: Database, organizationId: number): Promise<KnownPayment> {
  const row = await tx.first<{ id: number }>(sql`
    insert into payments (organization_id, facts, created_at, updated_at) values (${organizationId}, '{}', ${tx.now}, ${tx.now}) returning id`)
  return { id: (row as { id: number }).id, facts: {}, orderNumber: null, invoicedBy: null, providerOrder: null }
}

async function keep(tx: Database, organizationId: number, before: KnownPayment, after: KnownPayment): Promise<OrderEvent[]> {
  const { orderNumber, events } = decide(before, after, await nextOrderNumber(tx, organizationId, before))
  const [was, is] = [before.facts, after.facts].map((facts) => JSON.stringify(facts))
  if (was !== is || before.orderNumber !== orderNumber || before.providerOrder !== after.providerOrder) {
    await tx.run(sql`
      update payments set facts = ${is}, order_number = ${orderNumber}, provider_order = ${after.providerOrder}, updated_at = ${tx.now}
      where id = ${before.id}`)
  }
  return events
}

/** One higher than the highest: numbers have no gaps, because an order that is not committed leaves its number to the next. */
async function nextOrderNumber(tx: Database, organizationId: number, { orderNumber }: Payment): Promise<number> {
  if (orderNumber !== null) return orderNumber
  const last = await tx.first<{ number: number | null }>(sql`select max(order_number) as number from payments where organization_id = ${organizationId} and order_number is not null`)
  return (last?.number ?? 0) + 1
}

async function nameAlso(tx: Database, organizationId: number, paymentId: number, names: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into payment_references (organization_id, reference, payment_id)
    select organization_id, reference, payment_id from ${tx.rows([...new Set(names)].map((name) => [organizationId, name, paymentId]), namings)} as r
    where true on conflict do nothing`)
}

/** What was taken for a payment of its own is another's: it goes, or where it has made an order already, that is cancelled. */
async function dissolve(tx: Database, organizationId: number, payment: KnownPayment, into: KnownPayment): Promise<OrderEvent[]> {
  await tx.run(sql`update payment_references set payment_id = ${into.id} where payment_id = ${payment.id}`)
  if (payment.orderNumber === null) {
    await tx.run(sql`delete from payments where id = ${payment.id}`)
    return []
  }
  const reason = `The payment is that of order ${orderOf(into).orderNumber}.`
  return keep(tx, organizationId, payment, { ...payment, facts: { ...payment.facts, notAnOrder: reason } })
}

async function findInvoice(tx: Database, organizationId: number, providerOrder: string): Promise<string | null> {
  const row = await tx.first<{ invoice: string }>(sql`select invoice from invoiced_orders where organization_id = ${organizationId} and provider_order = ${providerOrder}`)
  return row?.invoice ?? null
}
