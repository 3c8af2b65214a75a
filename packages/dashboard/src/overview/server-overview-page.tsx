import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { WindowedRows } from '../pieces/windowed-rows.js'
import { posthorn } from '../server/posthorn.js'
import { useOne, useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { AttemptsChart } from './attempts-chart.js'
import { FailingEndpoints } from './failing-endpoints.js'
import { Figures } from './figures.js'
import { InboundTable } from './inbound-table.js'
import { LatencyChart } from './latency-chart.js'
import { ParkedNote } from './parked-note.js'
import { SpanChoice } from './span-choice.js'
import { useSpan } from './use-span.js'
import type { Organization } from '@posthorn/client'

/** All organizations together, for whoever runs the server; a key of one organization is led to its own. */
export function ServerOverviewPage() {
  const { data: session } = useSession()
  if (!session) return <Loading />
  return session.organization === null ? <OfAll /> : <ToOwn organization={session.organization} />
}

function OfAll() {
  const [span, setSpan] = useSpan()
  const { data: overview, error } = useOne(['overview', null, span], () => posthorn.overview.ofServer({ span }))
  return (
    <>
      <PageHead title="All organizations" actions={<SpanChoice span={span} onChoose={setSpan} />} />
      <div className="mb-4 empty:hidden"><ProblemNote error={error} /></div>
      {overview === undefined ? !error && <div className="card h-[420px]"><Loading /></div> : (
        <>
          <ParkedNote outbox={overview.outbox} />
          <Figures overview={overview} />
          <div className="mb-5 grid items-start gap-5 xl:grid-cols-2">
            <AttemptsChart overview={overview} />
            <LatencyChart overview={overview} />
            <FailingEndpoints failing={overview.failing} />
            <InboundTable inbound={overview.inbound} mayOpen />
          </div>
        </>
      )}
      <Organizations />
    </>
  )
}

function Organizations() {
  const organizations = useOrganizations(useSession().data)
  const [sought, setSought] = useState('')
  const found = organizations?.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <section className="card overflow-clip" aria-label="Organizations">
      <div className="card-head"><h2>Organizations</h2>{organizations !== undefined && organizations.length > 5 && <input data-search type="search" className="control w-64 max-w-full" placeholder="Find an organization" aria-label="Find an organization" value={sought} onChange={(event) => setSought(event.target.value)} />}</div>
      {found === undefined ? <Loading />
        : organizations?.length === 0 ? <Empty title="No organization yet" action={<Link className={buttonClass('primary')} to="/settings/webhooks">Make one</Link>}>An organization is a tenant: a store, a merchant, an account. Its endpoints and events are its own.</Empty>
          : (
            <table className="list">
              <thead><tr><th>Name</th><th>Id</th><th className="max-sm:hidden">Catalog</th><th className="max-sm:hidden">Format</th></tr></thead>
              <WindowedRows items={found} row={(organization) => <OrganizationRow key={organization.id} organization={organization} />} />
            </table>
          )}
    </section>
  )
}

function OrganizationRow({ organization: { id, name, catalog, format } }: { organization: Organization }) {
  return (
    <tr>
      <td className="w-1/2"><Link data-row to={placeIn(id, 'overview')} className="font-medium break-words">{name}</Link></td>
      <td className="mono text-faint">{id}</td>
      <td className="max-sm:hidden">{catalog ?? <span className="text-faint">none</span>}</td>
      <td className="max-sm:hidden">{format}</td>
    </tr>
  )
}

function ToOwn({ organization }: { organization: string }) {
  return <div className="card"><Empty title="Your organization" action={<Link className={buttonClass('primary')} to={placeIn(organization, 'overview')}>Open {organization}</Link>}>Your key reaches one organization.</Empty></div>
}
