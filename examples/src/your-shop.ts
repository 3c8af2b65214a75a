import type { BareCommerceOrder, BearBillingInvoice, BearBillingSubscription, Resource } from '@posthorn/webhooks'

/** Stands for the code that is already there; it only writes down that it was called. */
export const happened: string[] = []

export const handleOrderCreated = (order: BareCommerceOrder) => note(`New order ${order.orderNumber}: ${order.total}`)
export const handleOrderUpdated = (order: BareCommerceOrder) => note(`Order ${order.orderNumber} updated: ${order.status}`)
export const handleProductCreated = (product: Resource) => note(`Product created: ${String(product['title'])}`)
export const onSubscriptionCreated = (subscription: BearBillingSubscription) => note(`${subscription.organization_id} is on ${subscription.plan_id}`)
export const onInvoicePaid = (invoice: BearBillingInvoice) => note(`${invoice.id} paid: ${invoice.amount} ${invoice.currency}`)
export const onInvoicePaymentFailed = (invoice: BearBillingInvoice) => note(`${invoice.id} is not paid`)
export const updateCache = (productId: string, available: number) => note(`${productId}: ${available} left`)
export const closeConversation = (sessionId: string | undefined, orderId: string) => note(`${sessionId ?? 'nobody'} ordered ${orderId}`)

async function note(what: string): Promise<void> {
  happened.push(what)
}
