import { Link, useParams } from '@tanstack/react-router'
import { BriefDeliveries } from '../deliveries/brief-deliveries.js'
import { buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useEndpointsById, useList, useOne } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { AttemptsChart } from './attempts-chart.js'
import { FailingEndpoints } from './failing-endpoints.js'
import { Figures } from './figures.js'
import { InboundTable } from './inbound-table.js'
import { LatencyChart } from './latency-chart.js'
import { SpanChoice } from './span-choice.js'
import { useSpan } from './use-span.js'

/** Whether webhooks flow, in one organization. */
export function OverviewPage() {
  const { org = '' } = useParams({ strict: false })
  const [span, setSpan] = useSpan()
  const isAdmin = useSession().data?.kind === 'admin'
  const { data: overview, error } = useOne(['overview', org, span], () => posthorn.overview.of(org, { span }))
  const endpoints = useEndpointsById(org)
  const resting = [...endpoints.values()].filter(({ state }) => state !== 'enabled').map((endpoint) => ({ ...endpoint, organizationId: org }))
  return (
    <>
      <PageHead title="Overview" actions={<SpanChoice span={span} onChoose={setSpan} />} />
      <div className="mb-4 empty:hidden"><ProblemNote error={error} /></div>
      <NoEndpointYet organization={org} />
      {overview === undefined ? !error && <div className="card h-[420px]"><Loading /></div> : (
        <>
          <Figures overview={overview} />
          <div className="grid items-start gap-5 xl:grid-cols-2">
            <AttemptsChart overview={overview} />
            <LatencyChart overview={overview} />
            <FailingEndpoints failing={overview.failing} resting={resting} />
            <div className="flex min-w-0 flex-col gap-5">
              <NewestDeadLetters organization={org} />
              <InboundTable inbound={overview.inbound} mayOpen={isAdmin} />
            </div>
          </div>
        </>
      )}
    </>
  )
}

function NoEndpointYet({ organization }: { organization: string }) {
  const { items } = useList(['endpoints', organization], posthorn.endpoints.list(organization))
  if (items?.length !== 0) return null
  return (
    <div className="card mb-5">
      <Empty title="No endpoint yet" action={<Link className={buttonClass('primary')} to={placeIn(organization, 'endpoints', 'new')}>Create an endpoint</Link>}>An endpoint is a URL of your customer's. Events that are published from then on are sent to it.</Empty>
    </div>
  )
}

function NewestDeadLetters({ organization }: { organization: string }) {
  const { items } = useList(['deliveries', organization, { state: 'dead' }], posthorn.deliveries.list(organization, { state: 'dead' }))
  return (
    <section className="card min-w-0 overflow-hidden" aria-label="Newest dead letters">
      <div className="card-head"><h2>Newest dead letters</h2>{items !== undefined && items.length > 0 && <Link className="link" to={placeIn(organization, 'dead-letters')}>Repair and replay</Link>}</div>
      {items === undefined || items.length === 0 ? <p className="px-4 py-5 text-faint">Nothing has been given up.</p> : <BriefDeliveries organization={organization} deliveries={items.slice(0, 5)} hasEndpoint />}
    </section>
  )
}
