import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useSession } from '../session/use-session.js'
import { DeliveriesList } from '../deliveries/deliveries-list.js'
import { StateBadge } from '../pieces/badge.js'
import { buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { lengthOf } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useEndpointsById, useList, useOne, useOrganizations } from '../server/reading.js'
import { kindsShown, MinutesChart } from './minutes-chart.js'
import type { Endpoint, Organization, Overview } from '@posthorn/client'


const spans = ['hour', 'day', 'week', 'month'] as const

/** Whether webhooks flow, in one organization. */
export function OverviewPage() {
  const { org = '' } = useParams({ strict: false })
  const endpoints = useList(['endpoints', org], posthorn.endpoints.list(org))
  const failing = endpoints.items?.filter(({ state }) => state !== 'enabled') ?? []
  const dead = useList(['deliveries', org, { state: 'dead' }], posthorn.deliveries.list(org, { state: 'dead' }))
  const byId = useEndpointsById(org)
  const here = `/organizations/${encodeURIComponent(org)}`
  if (endpoints.error) return <ProblemNote error={endpoints.error} />
  return (
    <>
      <Flow title="Overview" organization={org} />
      {endpoints.items?.length === 0 && (
        <div className="card mb-5"><Empty title="No endpoint yet" action={<Link className={buttonClass('primary')} to={`${here}/endpoints/new`}>Create an endpoint</Link>}>An endpoint is a URL of your customer's. Events that are published from then on are sent to it.</Empty></div>
      )}
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <section className="card min-w-0" aria-label="Endpoints that need attention">
          <h2 className="border-b border-line px-4 py-3">Endpoints that need attention</h2>
          {failing.length === 0 ? <p className="px-4 py-5 text-faint">All endpoints are enabled.</p> : (
            <table className="list"><tbody>
              {failing.slice(0, 8).map((endpoint) => (
                <tr key={endpoint.id}>
                  <td className="max-w-0 w-full"><Link data-row to={`${here}/endpoints/${endpoint.id}`} className="mono block truncate">{endpoint.url}</Link><p className="text-faint">{causeOf(endpoint)}</p></td>
                  <td><StateBadge state={endpoint.state} /></td>
                </tr>
              ))}
            </tbody></table>
          )}
        </section>
        <section className="card min-w-0" aria-label="Newest dead letters">
          <div className="flex items-center justify-between border-b border-line px-4 py-3"><h2>Newest dead letters</h2><Link className="text-accent underline underline-offset-2" to={`${here}/dead-letters`}>Repair and replay</Link></div>
          {dead.items === undefined || dead.items.length === 0 ? <p className="px-4 py-5 text-faint">Nothing has been given up.</p> : <DeliveriesList organization={org} deliveries={dead.items.slice(0, 6)} endpoints={byId} isBrief />}
        </section>
      </div>
    </>
  )
}

/** The same of all organizations together, and what waits. */
export function ServerOverviewPage() {
  const session = useSession()
  const organizations = useOrganizations(session.data)
  if (session.data?.kind !== 'admin') return session.data?.organization ? <ToOrganization organization={session.data.organization} /> : <Loading />
  return (
    <>
      <Flow title="All organizations" />
      <section className="card" aria-label="Organizations">
        <h2 className="border-b border-line px-4 py-3">Organizations</h2>
        {organizations?.length === 0 ? <Empty title="No organization yet" action={<Link className={buttonClass('primary')} to="/settings/webhooks">Make one</Link>}>An organization is a tenant: a store, a merchant, an account. Its endpoints and events are its own.</Empty> : <OrganizationsTable organizations={organizations ?? []} />}
      </section>
    </>
  )
}

function OrganizationsTable({ organizations }: { organizations: readonly Organization[] }) {
  return (
    <table className="list">
      <thead><tr><th>Name</th><th>Id</th><th className="max-sm:hidden">Catalog</th><th className="max-sm:hidden">Format</th></tr></thead>
      <tbody>{organizations.map(({ id, name, catalog, format }) => (
        <tr key={id}>
          <td><Link data-row to={`/organizations/${encodeURIComponent(id)}/overview`} className="font-medium break-words">{name}</Link></td>
          <td className="mono text-faint">{id}</td><td className="max-sm:hidden">{catalog ?? <span className="text-faint">none</span>}</td><td className="max-sm:hidden">{format}</td>
        </tr>
      ))}</tbody>
    </table>
  )
}

function ToOrganization({ organization }: { organization: string }) {
  return <div className="card"><Empty title="Your organization" action={<Link className={buttonClass('primary')} to={`/organizations/${encodeURIComponent(organization)}/overview`}>Open {organization}</Link>}>Your key reaches one organization.</Empty></div>
}

function Flow({ title, organization }: { title: string; organization?: string }) {
  const { span: asked } = useSearch({ strict: false })
  const span = spans.find((known) => known === asked) ?? 'hour'
  const navigate = useNavigate()
  const { data, error } = useOne<Overview>(['overview', organization, span], () => organization === undefined ? posthorn.overview.ofServer({ span }) : posthorn.overview.of(organization, { span }))
  return (
    <>
      <PageHead title={title} actions={
        <div role="group" aria-label="Span" className="flex rounded-[7px] border border-strong-line bg-card p-0.5">
          {spans.map((choice) => <button key={choice} type="button" aria-pressed={span === choice} onClick={() => void navigate({ to: '.', search: { span: choice } as never })} className="h-8 rounded-[5px] px-3 text-faint capitalize aria-pressed:bg-accent-paper aria-pressed:font-medium aria-pressed:text-accent">{choice}</button>)}
        </div>
      } />
      <ProblemNote error={error} />
      <section className="card mb-5" aria-label="Deliveries over time">
        {data === undefined ? <div className="h-[300px]"><Loading /></div> : (
          <>
            <Figures overview={data} />
            <div className="px-2 pb-2"><MinutesChart overview={data} /></div>
            <ul className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2.5 text-[13px] text-faint">
              {kindsShown.toReversed().map(({ kind, name, color }) => <li key={kind} className="flex items-center gap-1.5"><span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: `var(${color})` }} />{name}</li>)}
              <li className="ml-auto max-sm:hidden">one column: {data.stepMinutes === 1 ? 'a minute' : lengthOf(data.stepMinutes * 60_000)}</li>
            </ul>
          </>
        )}
      </section>
    </>
  )
}

function Figures({ overview: { totals, backlog } }: { overview: Overview }) {
  const attempts = totals.succeeded + totals.retrying + totals.dead
  const figures = [
    { name: 'Succeeded', value: totals.succeeded.toLocaleString() },
    { name: 'Attempts that succeed', value: attempts === 0 ? '–' : `${(100 * totals.succeeded / attempts).toFixed(totals.succeeded === attempts ? 0 : 1)} %` },
    { name: 'To be retried', value: totals.retrying.toLocaleString() },
    { name: 'Dead letters', value: totals.dead.toLocaleString(), isBad: totals.dead > 0 },
    { name: 'Waiting now', value: `${backlog.waiting.toLocaleString()}${backlog.waitingIsAtLeast ? '+' : ''}` },
    { name: 'Oldest due', value: backlog.oldestDueSeconds === 0 ? '–' : lengthOf(backlog.oldestDueSeconds * 1_000), isBad: backlog.oldestDueSeconds > 60 },
  ]
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 px-4 pt-4 pb-3 sm:grid-cols-3 xl:flex xl:gap-12">
      {figures.map(({ name, value, isBad }) => <div key={name}><dt className="text-[13px] text-faint">{name}</dt><dd className={`text-2xl font-semibold tracking-tight tabular-nums ${isBad ? 'text-bad' : ''}`}>{value}</dd></div>)}
    </dl>
  )
}

export function causeOf({ state, disabledReason }: Pick<Endpoint, 'state' | 'disabledReason'>): string {
  if (state === 'paused') return 'Paused: what is sent to it is held until it is resumed.'
  if (disabledReason === 'gone') return 'It answered 410 Gone. Enable it once it exists again.'
  if (disabledReason === 'failing') return 'It failed for five days without a success. Repair it, then enable it.'
  return 'Disabled. What is sent to it is held.'
}
