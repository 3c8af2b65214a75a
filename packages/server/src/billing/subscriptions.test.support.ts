/** A provider's event as it stands in the stream. */
export interface Told { type: string; data: { id: string; created: number; type: string; data: { object: object } } }

/** An event of Stripe; `created` in seconds after an instant of the tests. */
export function stripeEvent(id: string, type: string, created: number, object: object): Told {
  return { type: `stripe.${type}`, data: { id, type, created: firstSecond + created, data: { object } } }
}

export const firstSecond = 1_767_225_600

export function subscriptionEvent(id: string, change: 'created' | 'updated' | 'deleted', created: number, { plan = 'starter', status = 'active', ...more }: { plan?: string; status?: string; id?: string; created?: number } = {}): Told {
  return stripeEvent(id, `customer.subscription.${change}`, created, {
    id: 'sub_1', object: 'subscription', status: change === 'deleted' ? 'canceled' : status, customer: 'cus_1', created: firstSecond, cancel_at_period_end: false, metadata: {},
    items: { object: 'list', data: [{ id: 'si_1', current_period_end: firstSecond + 2_592_000, price: { id: `price_${plan}`, lookup_key: plan, product: `prod_${plan}`, metadata: {} } }] }, ...more,
  })
}

export function invoiceEvent(id: string, outcome: 'paid' | 'payment_failed', created: number, { invoice = 'in_1', attempt = 1 }: { invoice?: string; attempt?: number } = {}): Told {
  return stripeEvent(id, `invoice.${outcome}`, created, {
    id: invoice, object: 'invoice', customer: 'cus_1', currency: 'usd', amount_due: 4_900, amount_paid: outcome === 'paid' ? 4_900 : 0, attempt_count: attempt,
    next_payment_attempt: outcome === 'paid' ? null : firstSecond + created + 86_400, parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
  })
}
