import { idAt, integerAt, listAt, needed, objectAt, textAt, type ProviderObject } from '../consumers/provider-json.js'
import { formatAmount, stripeAmount } from '../money/amount.js'
import type { InvoiceFacts, Saying, SubscriptionFacts, ToldOfBilling } from './billing.js'

/** The types of Stripe's events that billing reads, as they are named in the stream. */
export const billingTypes = [
  'stripe.customer.subscription.created', 'stripe.customer.subscription.updated', 'stripe.customer.subscription.deleted',
  'stripe.invoice.paid', 'stripe.invoice.payment_failed',
] as const

/** What an event of Stripe says of an organization's subscriptions and invoices. */
export function toldByStripe(type: string, event: ProviderObject): ToldOfBilling {
  const object = needed(objectAt(event, 'data', 'object'), 'object (data.object)')
  const told: Saying = { rank: rankOf(type), at: needed(integerAt(event, 'created'), 'time (created)') * 1_000, by: needed(textAt(event, 'id'), 'id') }
  if (type === 'stripe.invoice.paid') return { kind: 'payment.confirmed', told, invoice: invoiceOf(object, 'amount_paid', told) }
  if (type === 'stripe.invoice.payment_failed') return { kind: 'payment.failed', told, invoice: invoiceOf(object, 'amount_due', told) }
  const kind = type.endsWith('.created') ? 'subscription.created' : type.endsWith('.deleted') ? 'subscription.deleted' : 'subscription.updated'
  return { kind, told, subscription: subscriptionOf(object, told, kind === 'subscription.deleted') }
}

/** Whatever the clock says, a subscription is first created and last deleted: Stripe's times are whole seconds. */
function rankOf(type: string): number {
  return type.endsWith('.deleted') ? 2 : type.endsWith('.created') ? 0 : 1
}

function subscriptionOf(subscription: ProviderObject, told: Saying, hasEnded: boolean): SubscriptionFacts {
  const items = listAt(subscription, 'items', 'data')
  const periodEnd = integerAt(subscription, 'current_period_end') ?? integerAt(items[0], 'current_period_end')
  return {
    id: needed(textAt(subscription, 'id'), 'subscription (data.object.id)'),
    status: hasEnded ? 'canceled' : textAt(subscription, 'status') ?? 'active',
    customerId: idAt(subscription, 'customer') ?? null,
    createdAt: (integerAt(subscription, 'created') ?? 0) * 1_000,
    currentPeriodEnd: periodEnd === undefined ? null : periodEnd * 1_000,
    cancelAtPeriodEnd: subscription['cancel_at_period_end'] === true,
    items: items.length > 0 ? items.map((item) => namesOf(subscription, item)) : [namesOf(subscription, subscription)],
    told,
  }
}

/** All by which a plan may be known, the surest first. */
function namesOf(subscription: ProviderObject, item: unknown): string[] {
  return [
    textAt(subscription, 'metadata', 'plan'), textAt(item, 'price', 'metadata', 'plan'),
    textAt(item, 'price', 'lookup_key'), idAt(item, 'price'), idAt(item, 'price', 'product'),
    idAt(item, 'plan'), idAt(item, 'plan', 'product'), textAt(item, 'price', 'nickname'),
  ].filter((name) => name !== undefined)
}

function invoiceOf(invoice: ProviderObject, amountField: string, told: Saying): InvoiceFacts {
  const next = integerAt(invoice, 'next_payment_attempt')
  const currency = textAt(invoice, 'currency') ?? 'usd'
  const outcome = {
    amount: formatAmount(stripeAmount(integerAt(invoice, amountField) ?? 0, currency)), currency: currency.toUpperCase(),
    attemptCount: integerAt(invoice, 'attempt_count') ?? 0, nextAttemptAt: next === undefined ? null : next * 1_000, told,
  }
  return {
    id: needed(textAt(invoice, 'id'), 'invoice (data.object.id)'),
    subscriptionId: idAt(invoice, 'subscription') ?? idAt(invoice, 'parent', 'subscription_details', 'subscription') ?? null,
    customerId: idAt(invoice, 'customer') ?? null,
    ...(amountField === 'amount_paid' ? { paid: outcome } : { failed: outcome }),
  }
}
