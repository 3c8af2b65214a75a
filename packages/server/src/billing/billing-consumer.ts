import { parseObject } from '../consumers/provider-json.js'
import { sql } from '../storage/sql.js'
import { noBilling, type BillingState } from './billing.js'
import { decide } from './decide.js'
import { billingTypes, toldByStripe } from './stripe-billing.js'
import type { Consumer } from '../consumers/consumer.js'

/** Keeps an organization's billing record in step with its subscriptions and invoices at Stripe. */
export const billingConsumer: Consumer = {
  name: 'billing',
  types: billingTypes,
  async consume(tx, { organizationId, type, data }, { plans }) {
    const row = await tx.first<{ state: string }>(sql`select state from billing_records where organization_id = ${organizationId}`)
    const before = row === undefined ? noBilling : JSON.parse(row.state) as BillingState
    const { state, publications, entry } = decide(before, toldByStripe(type, parseObject(data)), plans)
    await tx.run(sql`
      insert into billing_records (organization_id, state, updated_at) values (${organizationId}, ${JSON.stringify(state)}, ${tx.now})
      on conflict (organization_id) do update set state = excluded.state, updated_at = excluded.updated_at`)
    await tx.run(sql`
      insert into billing_audit_log (organization_id, event, at, action, details)
      values (${organizationId}, ${entry.event}, ${entry.at}, ${entry.action}, ${JSON.stringify(entry.details)}) on conflict do nothing`)
    return publications
  },
}
