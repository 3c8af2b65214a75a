import { useParams } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { FactList } from '../pieces/facts.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import type { Billing } from '@posthorn/client'

/** What the billing consumer made of subscriptions and invoices, and every step by which it came to that. */
export function BillingPage() {
  const { org = '' } = useParams({ strict: false })
  const { data, error } = useOne(['billing', org], () => posthorn.billing.get(org))
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  const { record, auditLog } = data
  return (
    <>
      <PageHead title="Billing" about="As Stripe's subscriptions and invoices tell it." />
      {record === null ? <div className="card"><Empty title="Nothing has been told yet">Add Stripe as a source and let this organization have the consumer “billing” (the catalog better-data brings it along). Its subscriptions and payments show here.</Empty></div>
        : <div className="grid items-start gap-5 lg:grid-cols-2"><Subscription record={record} /><Allowed billing={data} /></div>}
      {auditLog.length > 0 && <AuditLog entries={auditLog} />}
    </>
  )
}

function Subscription({ record: { plan, status, paymentStatus, lastPayment, lastFailure, cancelAtPeriodEnd, currentPeriodEnd, subscriptionId, customerId } }: { record: NonNullable<Billing['record']> }) {
  return (
    <section className="card" aria-label="Subscription">
      <div className="card-head"><h2>{plan ?? 'No plan'}</h2><StateBadge state={status} /></div>
      <FactList className="grid grid-cols-2" facts={[
        ['Payment', <StateBadge state={paymentStatus} />],
        [cancelAtPeriodEnd ? 'Ends' : 'Period ends', currentPeriodEnd === null ? '–' : <Instant at={currentPeriodEnd} />],
        lastPayment !== null && ['Last payment', <>{lastPayment.amount} {lastPayment.currency.toUpperCase()}, <Instant at={lastPayment.paidAt} /></>],
        lastFailure !== null && ['Not paid', <span className="text-bad">{lastFailure.amount} {lastFailure.currency.toUpperCase()}, {lastFailure.attemptCount} attempts{lastFailure.nextAttemptAt !== null && <>, next <Instant at={lastFailure.nextAttemptAt} /></>}</span>],
        ['Subscription', <span className="mono break-all">{subscriptionId ?? '–'}</span>],
        ['Customer', <span className="mono break-all">{customerId ?? '–'}</span>],
      ]} />
    </section>
  )
}

function Allowed({ billing: { entitlements, capabilitySnapshot } }: { billing: Billing }) {
  return (
    <section className="card" aria-label="What the plan allows">
      <div className="card-head"><h2>What the plan allows</h2>{capabilitySnapshot !== null && <span className="text-[13px] text-faint">as of <Instant at={capabilitySnapshot.asOf} /></span>}</div>
      <ul className="mono flex flex-wrap gap-1.5 p-4">
        {entitlements.length === 0 && <li className="font-sans text-faint">Nothing.</li>}
        {entitlements.map((name) => <li key={name} className="rounded bg-sunk px-2 py-0.5">{name}</li>)}
        {Object.entries(capabilitySnapshot?.limits ?? {}).map(([name, limit]) => <li key={name} className="rounded bg-accent-paper px-2 py-0.5 text-accent">{name}: {limit.toLocaleString()}</li>)}
      </ul>
    </section>
  )
}

function AuditLog({ entries }: { entries: Billing['auditLog'] }) {
  return (
    <section className="card mt-5 overflow-hidden" aria-label="Audit log">
      <h2 className="card-head">Audit log</h2>
      <table className="list"><tbody>{entries.map(({ eventId, at, action, details }) => (
        <tr key={`${eventId} ${action}`}>
          <td className="text-faint"><Instant at={at} /></td>
          <td className="font-medium whitespace-nowrap">{action}</td>
          <td className="mono w-full max-w-0 truncate text-faint max-sm:hidden" title={JSON.stringify(details)}>{Object.entries(details).map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')}</td>
        </tr>
      ))}</tbody></table>
    </section>
  )
}
