import { formatInstant } from '../events/instant.js'
import { findPlan, type Plan, type Plans } from './plans.js'
import type { Publication } from '../consumers/consumer.js'
import type { AuditEntry, BillingRecord, BillingState, BillingView, InvoiceFacts, PaymentOutcome, Saying, SubscriptionFacts, ToldOfBilling } from './billing.js'

/** What follows from one more event: the state that is kept, what is told, and what the audit log gets. */
export function decide(before: BillingState, told: ToldOfBilling, plans: Plans): { state: BillingState; publications: Publication[]; entry: AuditEntry } {
  const facts = 'subscription' in told
    ? { subscriptions: { ...before.subscriptions, [told.subscription.id]: later(before.subscriptions[told.subscription.id], told.subscription) }, invoices: before.invoices }
    : { subscriptions: before.subscriptions, invoices: newest({ ...before.invoices, [told.invoice.id]: merge(before.invoices[told.invoice.id], told.invoice) }) }
  const view = viewOf(facts, plans)
  return { state: { ...facts, view }, publications: [...changes(before.view, view), ...alerts(before, told)], entry: entryOf(told) }
}

/** What an organization may use, by all that was told of its subscriptions. */
export function viewOf({ subscriptions, invoices }: Pick<BillingState, 'subscriptions' | 'invoices'>, plans: Plans): BillingView {
  const inOrder = Object.values(subscriptions).sort(byWeight)
  const [current] = inOrder
  const given = inOrder.filter(isEntitled).flatMap(({ items }) => items.map((names) => ({ names, plan: findPlan(plans, names) })))
  const found = given.map(({ plan }) => plan).filter((plan): plan is Plan => plan !== undefined)
  const granting = given.length > 0 ? found : plans.fallback === null ? [] : [plans.fallback]
  // A plan that nobody configured is told by the name Stripe has for it, and gives nothing: nothing is guessed.
  const plan = granting[0]?.name ?? given[0]?.names[0] ?? null
  const entitlements = [...new Set(granting.flatMap((each) => each.entitlements))]
  const record = recordOf(current, plan, Object.values(invoices))
  return {
    record, entitlements,
    capabilitySnapshot: {
      plan, capabilities: Object.fromEntries(entitlements.map((name) => [name, true])),
      limits: highest(granting.map((each) => each.limits)), asOf: formatInstant(Math.max(0, ...inOrder.map((each) => each.told.at))),
    },
  }
}

function recordOf(current: SubscriptionFacts | undefined, plan: string | null, invoices: readonly InvoiceFacts[]): BillingRecord {
  const lastPaid = latest(invoices, 'paid')
  const lastFailed = latest(invoices.filter(({ paid }) => paid === undefined), 'failed')
  const customers = invoices.map(({ customerId }) => customerId).filter((id) => id !== null).sort()
  return {
    subscriptionId: current?.id ?? null,
    customerId: current?.customerId ?? customers[0] ?? null,
    status: current?.status ?? 'none',
    plan,
    currentPeriodEnd: current?.currentPeriodEnd == null ? null : formatInstant(current.currentPeriodEnd),
    cancelAtPeriodEnd: current?.cancelAtPeriodEnd ?? false,
    paymentStatus: lastFailed !== undefined && isLater(lastFailed.told, lastPaid?.told) ? 'failed' : lastPaid === undefined ? 'none' : 'paid',
    lastPayment: lastPaid === undefined ? null : { invoiceId: lastPaid.invoiceId, amount: lastPaid.amount, currency: lastPaid.currency, paidAt: formatInstant(lastPaid.told.at) },
    lastFailure: lastFailed === undefined ? null : {
      invoiceId: lastFailed.invoiceId, amount: lastFailed.amount, currency: lastFailed.currency, attemptCount: lastFailed.attemptCount,
      failedAt: formatInstant(lastFailed.told.at), nextAttemptAt: lastFailed.nextAttemptAt === null ? null : formatInstant(lastFailed.nextAttemptAt),
    },
  }
}

/** As the better-data catalog has it; nothing where nothing that it tells has changed. */
function changes(before: BillingView | null, after: BillingView): Publication[] {
  const { subscriptionId, status, plan, currentPeriodEnd } = after.record
  const tell = (view: BillingView | null) => view === null ? null : JSON.stringify([view.record.subscriptionId, view.record.status, view.record.plan, view.record.currentPeriodEnd, view.entitlements])
  if (subscriptionId === null || tell(before) === tell(after)) return []
  // Before its first subscription an organization had no plan, whatever it was allowed without one.
  const previousPlan = before?.record.subscriptionId == null ? null : before.record.plan
  return [{ type: 'subscription.updated', data: { subscriptionId, status, plan, previousPlan, currentPeriodEnd, entitlements: after.entitlements } }]
}

/** One alert for each invoice, and none for one that is known to be paid by now. */
function alerts(before: BillingState, told: ToldOfBilling): Publication[] {
  if (told.kind !== 'payment.failed') return []
  const { id, failed, subscriptionId, customerId } = told.invoice
  const known = before.invoices[id]
  if (failed === undefined || known?.paid !== undefined || known?.failed !== undefined) return []
  const { amount, currency, attemptCount, nextAttemptAt } = failed
  return [{
    type: 'posthorn.billing.payment_failed', isAlert: true,
    data: { invoiceId: id, subscriptionId, customerId, amount, currency, attemptCount, failedAt: formatInstant(told.told.at), nextAttemptAt: nextAttemptAt === null ? null : formatInstant(nextAttemptAt) },
  }]
}

/** Says what the event said, not what it changed, so that the log is the same in whatever order events arrive. */
function entryOf(event: ToldOfBilling): AuditEntry {
  const { kind: action, told: { by, at } } = event
  if ('subscription' in event) {
    const { id, status, customerId, items } = event.subscription
    return { event: by, at, action, details: { subscriptionId: id, customerId, status, plan: items[0]?.[0] ?? null } }
  }
  const { id, subscriptionId, customerId, paid, failed } = event.invoice
  const outcome = paid ?? failed
  return { event: by, at, action, details: { invoiceId: id, subscriptionId, customerId, amount: outcome?.amount, currency: outcome?.currency, attemptCount: outcome?.attemptCount } }
}

/** Stripe goes on trying to collect while a subscription is past due; until it gives up, the customer keeps what was bought. */
function isEntitled({ status }: SubscriptionFacts): boolean {
  return status === 'active' || status === 'trialing' || status === 'past_due'
}

/** The subscription that counts first: one that gives something, then the newest. */
function byWeight(one: SubscriptionFacts, other: SubscriptionFacts): number {
  return Number(isEntitled(other)) - Number(isEntitled(one)) || other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

function later<Fact extends { told: Saying }>(known: Fact | undefined, told: Fact): Fact {
  return isLater(told.told, known?.told) ? told : known as Fact
}

function isLater(one: Saying, other: Saying | undefined): boolean {
  if (other === undefined) return true
  if (one.rank !== other.rank) return one.rank > other.rank
  return one.at !== other.at ? one.at > other.at : one.by > other.by
}

function merge(known: InvoiceFacts | undefined, told: InvoiceFacts): InvoiceFacts {
  const pick = (one: PaymentOutcome | undefined, other: PaymentOutcome | undefined) => one === undefined || other === undefined ? one ?? other : later(one, other)
  const [paid, failed] = [pick(known?.paid, told.paid), pick(known?.failed, told.failed)]
  return {
    id: told.id, subscriptionId: known?.subscriptionId ?? told.subscriptionId, customerId: known?.customerId ?? told.customerId,
    ...(paid !== undefined && { paid }), ...(failed !== undefined && { failed }),
  }
}

function latest(invoices: readonly InvoiceFacts[], kind: 'paid' | 'failed'): (PaymentOutcome & { invoiceId: string }) | undefined {
  let found: (PaymentOutcome & { invoiceId: string }) | undefined
  for (const invoice of invoices) {
    const outcome = invoice[kind]
    if (outcome !== undefined && isLater(outcome.told, found?.told)) found = { ...outcome, invoiceId: invoice.id }
  }
  return found
}

const invoicesKept = 200

/** The newest invoices only: the audit log remembers the others. */
function newest(invoices: Record<string, InvoiceFacts>): BillingState['invoices'] {
  const at = ({ paid, failed }: InvoiceFacts): number => Math.max(paid?.told.at ?? 0, failed?.told.at ?? 0)
  const inOrder = Object.values(invoices).sort((one, other) => at(other) - at(one) || (one.id < other.id ? -1 : 1))
  return Object.fromEntries(inOrder.slice(0, invoicesKept).sort((one, other) => one.id < other.id ? -1 : 1).map((invoice) => [invoice.id, invoice]))
}

function highest(limits: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const result: Record<string, number> = {}
  for (const [name, limit] of limits.flatMap((each) => Object.entries(each))) result[name] = Math.max(limit, result[name] ?? limit)
  return result
}
