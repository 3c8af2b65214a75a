/** By which event something was told, and when: what the later and higher one says holds, in whatever order they arrive. */
export interface Saying { rank: number; at: number; by: string }

/** A subscription as the last event that matters told it. */
export interface SubscriptionFacts {
  id: string
  status: string
  customerId: string | null
  createdAt: number
  currentPeriodEnd: number | null
  cancelAtPeriodEnd: boolean
  /** For each thing that is subscribed to, the names by which its plan may be known. */
  items: readonly (readonly string[])[]
  told: Saying
}

/** An invoice, with the last of its failed payments and the one that succeeded. */
export interface InvoiceFacts {
  id: string
  subscriptionId: string | null
  customerId: string | null
  paid?: PaymentOutcome
  failed?: PaymentOutcome
}

export interface PaymentOutcome { amount: string; currency: string; attemptCount: number; nextAttemptAt: number | null; told: Saying }

/** What one event says. */
export type ToldOfBilling =
  | { kind: 'subscription.created' | 'subscription.updated' | 'subscription.deleted'; told: Saying; subscription: SubscriptionFacts }
  | { kind: 'payment.confirmed' | 'payment.failed'; told: Saying; invoice: InvoiceFacts }

/** What is kept of an organization's billing: what was told, and what followed from it under the plans of that day. */
export interface BillingState {
  subscriptions: Readonly<Record<string, SubscriptionFacts>>
  invoices: Readonly<Record<string, InvoiceFacts>>
  view: BillingView | null
}

/** What `GET /v1/organizations/{org}/billing` shows, but for the audit log. */
export interface BillingView {
  record: BillingRecord
  entitlements: readonly string[]
  capabilitySnapshot: CapabilitySnapshot
}

export interface BillingRecord {
  subscriptionId: string | null
  customerId: string | null
  status: string
  plan: string | null
  currentPeriodEnd: string | null
  cancelAtPeriodEnd: boolean
  paymentStatus: 'none' | 'paid' | 'failed'
  lastPayment: { invoiceId: string; amount: string; currency: string; paidAt: string } | null
  lastFailure: { invoiceId: string; amount: string; currency: string; attemptCount: number; failedAt: string; nextAttemptAt: string | null } | null
}

export interface CapabilitySnapshot {
  plan: string | null
  capabilities: Readonly<Record<string, true>>
  limits: Readonly<Record<string, number>>
  /** When the provider said what it follows from. */
  asOf: string
}

/** One line of the billing audit log. `event` is the provider's own id. */
export interface AuditEntry { event: string; at: number; action: ToldOfBilling['kind']; details: Readonly<Record<string, unknown>> }

export const noBilling: BillingState = { subscriptions: {}, invoices: {}, view: null }
