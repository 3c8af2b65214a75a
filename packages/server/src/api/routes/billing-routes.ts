import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { operation } from '../operation.js'

const payment = { invoiceId: z.string(), amount: z.string(), currency: z.string() }

const record = z.object({
  subscriptionId: z.string().nullable(), customerId: z.string().nullable(), status: z.string(),
  plan: z.string().nullable().openapi({ description: 'As it is called in the configuration, or at Stripe where it is not configured.' }),
  currentPeriodEnd: z.string().nullable(), cancelAtPeriodEnd: z.boolean(), paymentStatus: z.enum(['none', 'paid', 'failed']),
  lastPayment: z.object({ ...payment, paidAt: z.string() }).nullable(),
  lastFailure: z.object({ ...payment, attemptCount: z.number().int(), failedAt: z.string(), nextAttemptAt: z.string().nullable() }).nullable()
    .openapi({ description: 'Of an invoice that is still not paid.' }),
}).openapi('BillingRecord')

const capabilitySnapshot = z.object({
  plan: z.string().nullable(), capabilities: z.record(z.string(), z.literal(true)), limits: z.record(z.string(), z.number()), asOf: z.string(),
}).openapi('CapabilitySnapshot')

const auditEntry = z.object({
  eventId: z.string().openapi({ description: "The provider's own id of the event." }), at: z.string(), action: z.string(), details: z.record(z.string(), z.unknown()),
}).openapi('BillingAuditEntry')

const readBilling = operation({
  method: 'get',
  path: '/v1/organizations/{org}/billing',
  summary: "Tells an organization's billing as its subscriptions and invoices have made it, with the newest 200 lines of the audit log.",
  tag: 'Billing',
  scope: 'webhooks:read',
  answers: { 200: z.object({ record: record.nullable(), entitlements: z.array(z.string()), capabilitySnapshot: capabilitySnapshot.nullable(), auditLog: z.array(auditEntry) }).openapi('Billing') },
  async handle({ organization }, { engine }) {
    const { view, auditLog } = await engine.store.query('readBilling', { organizationId: organization.id })
    return {
      status: 200,
      body: {
        record: view?.record ?? null, entitlements: view?.entitlements ?? [], capabilitySnapshot: view?.capabilitySnapshot ?? null,
        auditLog: auditLog.map(({ event, at, action, details }) => ({ eventId: event, at: formatInstant(at), action, details })),
      },
    }
  },
})

export const billingOperations = [readBilling]
