import type { Catalog, Json } from './catalog.js'
import { dataSchema, type Fields, instant, integer, number, object, text } from './json-schema.js'

/** What Bear Billing sends, after the "Event Types" and "Example Payloads" of its Webhooks Guide. Fields are snake_case. */
export const bearBilling: Catalog = {
  name: 'bear-billing',
  title: 'Bear Billing',
  description: 'Subscriptions, invoices and recorded usage.',
  defaultFormat: 'bear-billing',
  defaultRetryPolicy: 'bear-billing',
  defaultEventTypePolicy: 'warn',
  types: [
    {
      type: 'subscription.created',
      description: 'A new subscription was created.',
      schema: subscriptionSchema(),
      example: printedSubscription(),
    },
    {
      type: 'subscription.updated',
      description: "A subscription's plan or billing cycle changed.",
      schema: subscriptionSchema({
        previous: object('What the changed fields were before.', {}, { plan_id: text('The plan before.'), billing_cycle: text('The billing cycle before.') }),
      }),
      example: {
        ...printedSubscription(),
        plan_id: 'plan_pro_yearly',
        billing_cycle: 'yearly',
        current_period_start: '2025-01-20T08:00:00Z',
        current_period_end: '2026-01-20T08:00:00Z',
        previous: { plan_id: 'plan_pro_monthly', billing_cycle: 'monthly' },
      },
    },
    {
      type: 'subscription.cancelled',
      description: 'A subscription was cancelled.',
      schema: subscriptionSchema({ cancelled_at: instant('When it was cancelled.'), cancellation_reason: text('Why, in words.') }),
      example: {
        ...printedSubscription(),
        status: 'cancelled',
        cancelled_at: '2025-02-01T16:45:00Z',
        cancellation_reason: 'The project has ended',
      },
    },
    {
      type: 'invoice.created',
      description: 'A new invoice was generated for a billing cycle.',
      schema: invoiceSchema({}, { due_at: instant('When the invoice is due.') }),
      example: { ...printedInvoice(), status: 'open', due_at: '2025-01-27T10:30:00Z' },
    },
    {
      type: 'invoice.paid',
      description: "An invoice's payment succeeded.",
      schema: invoiceSchema({ paid_at: instant('When it was paid.') }),
      example: { ...printedInvoice(), status: 'paid', paid_at: '2025-01-13T10:35:00Z' },
    },
    {
      type: 'invoice.payment_failed',
      description: "An invoice's payment failed.",
      schema: invoiceSchema(
        {},
        {
          failure_reason: text('Why the payment failed, as the payment provider names it.'),
          attempt_count: integer('How often payment was tried.'),
          next_attempt_at: instant('When payment is tried again; left out where it is not.'),
        },
      ),
      example: { ...printedInvoice(), status: 'open', failure_reason: 'card_declined', attempt_count: 1, next_attempt_at: '2025-01-16T10:35:00Z' },
    },
    {
      type: 'usage.recorded',
      description: 'A usage event was recorded for a subscription.',
      schema: dataSchema(
        'The recorded usage.',
        {
          id: text('The usage record.'),
          subscription_id: text('The subscription that the usage counts for.'),
          metric: text('What was used.'),
          quantity: number('How much was used.'),
          recorded_at: instant('When it was used.'),
        },
        { organization_id: text('The organization that has the subscription.') },
      ),
      example: {
        id: 'usage_1NZxY9KZ2qYgJ8vP',
        organization_id: 'org_1NZxY7KZ2qYgJ8vP',
        subscription_id: 'sub_1NZxY7KZ2qYgJ8vP',
        metric: 'api_calls',
        quantity: 1500,
        recorded_at: '2025-01-13T10:40:00Z',
      },
    },
  ],
}

function subscriptionSchema(more: Fields = {}) {
  return dataSchema(
    'The subscription as it is after the event.',
    {
      id: text('The subscription.'),
      organization_id: text('The organization that has the subscription.'),
      plan_id: text('The plan.'),
      status: text('Where the subscription stands, such as active or cancelled.'),
      billing_cycle: text('How often it is billed, such as monthly or yearly.'),
      current_period_start: instant('When the billing period began.'),
      current_period_end: instant('When the billing period ends.'),
    },
    more,
  )
}

function invoiceSchema(more: Fields, optional: Fields = {}) {
  return dataSchema(
    'The invoice as it is after the event.',
    {
      id: text('The invoice.'),
      subscription_id: text('The subscription that is billed.'),
      amount: integer('The amount in the smallest unit of the currency, such as cents.'),
      currency: text('The currency as a three-letter code in lower case.'),
      status: text('Where the invoice stands, such as open or paid.'),
      ...more,
    },
    optional,
  )
}

function printedSubscription(): { readonly [field: string]: Json } {
  return {
    id: 'sub_1NZxY7KZ2qYgJ8vP',
    organization_id: 'org_1NZxY7KZ2qYgJ8vP',
    plan_id: 'plan_pro_monthly',
    status: 'active',
    billing_cycle: 'monthly',
    current_period_start: '2025-01-13T10:30:00Z',
    current_period_end: '2025-02-13T10:30:00Z',
  }
}

/** What all three invoice events share with the invoice that the guide prints. */
function printedInvoice(): { readonly [field: string]: Json } {
  return { id: 'inv_1NZxY8KZ2qYgJ8vP', subscription_id: 'sub_1NZxY7KZ2qYgJ8vP', amount: 9900, currency: 'usd' }
}
