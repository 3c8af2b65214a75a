import { useParams } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'

/** What the billing consumer made of subscriptions and invoices, and every step by which it came to that. */
export function BillingPage() {
  const { org = '' } = useParams({ strict: false })
  const { data, error } = useOne(['billing', org], () => posthorn.billing.get(org))
  if (error) return <ProblemNote error={error} />
  if (data === undefined) return <Loading />
  const { record, entitlements, capabilitySnapshot, auditLog } = data
  return (
    <>
      <PageHead title="Billing" about="As Stripe's subscriptions and invoices tell it." />
      {record === null ? <div className="card"><Empty title="Nothing has been told yet">Add Stripe as a source and let this organization have the consumer “billing” (the catalog better-data brings it along). Its subscriptions and payments show here.</Empty></div> : (
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <section className="card" aria-label="Subscription"><h2 className="flex items-center gap-2 border-b border-line px-4 py-3">{record.plan ?? 'No plan'}<StateBadge state={record.status} /></h2>
            <dl className="grid grid-cols-2 gap-3 p-4">
              <Fact name="Payment">{record.paymentStatus}</Fact>
              <Fact name={record.cancelAtPeriodEnd ? 'Ends' : 'Period ends'}>{record.currentPeriodEnd === null ? '–' : <Instant at={record.currentPeriodEnd} />}</Fact>
              <Fact name="Subscription"><span className="mono break-all">{record.subscriptionId ?? '–'}</span></Fact><Fact name="Customer"><span className="mono break-all">{record.customerId ?? '–'}</span></Fact>
            </dl>
          </section>
          <section className="card" aria-label="What the plan allows"><h2 className="border-b border-line px-4 py-3">What the plan allows</h2>
            <ul className="mono flex flex-wrap gap-1.5 p-4">{entitlements.length === 0 && <li className="font-sans text-faint">Nothing.</li>}{entitlements.map((name) => <li key={name} className="rounded bg-sunk px-2 py-0.5">{name}</li>)}
              {Object.entries(capabilitySnapshot?.limits ?? {}).map(([name, limit]) => <li key={name} className="rounded bg-accent-paper px-2 py-0.5 text-accent">{name}: {limit}</li>)}</ul>
          </section>
        </div>
      )}
      {auditLog.length > 0 && (
        <section className="card mt-5 overflow-hidden" aria-label="Audit log"><h2 className="border-b border-line px-4 py-3">Audit log</h2>
          <table className="list"><tbody>{auditLog.map(({ eventId, at, action, details }) => <tr key={`${eventId} ${action}`}><td className="text-faint"><Instant at={at} /></td><td className="font-medium">{action}</td><td className="mono w-full max-w-0 truncate text-faint max-sm:hidden">{JSON.stringify(details)}</td></tr>)}</tbody></table>
        </section>
      )}
    </>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div className="min-w-0"><dt className="text-[13px] text-faint">{name}</dt><dd>{children}</dd></div>
}
