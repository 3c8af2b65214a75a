import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { BriefDeliveries } from '../deliveries/brief-deliveries.js'
import { Button } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList, useOne } from '../server/reading.js'
import { causeOf, failureOf } from './cause.js'
import { EndpointHead } from './endpoint-head.js'
import { HealthStrip, useFailing } from './health.js'
import { SecretCard } from './secret-card.js'
import { SettingsCard } from './settings-card.js'
import { TestEventDialog } from './test-event-dialog.js'
import type { Endpoint } from '@posthorn/client'

/** One endpoint: whether it is well, its secret, and what was sent to it. */
export function EndpointPage() {
  const { org = '', endpoint: id = '' } = useParams({ strict: false })
  const { isNew } = useSearch({ strict: false }) as { isNew?: string }
  const { data: endpoint, error } = useOne(['endpoints', org, id], () => posthorn.endpoints.get(org, id))
  const [isTesting, setIsTesting] = useState(false)
  if (endpoint === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  const test = () => setIsTesting(true)
  return (
    <>
      <EndpointHead organization={org} endpoint={endpoint} onTest={test} />
      <Trouble organization={org} endpoint={endpoint} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <SecretCard organization={org} endpoint={id} hint={endpoint.secretHint} isNew={isNew === 'yes'} />
          <NewestDeliveries organization={org} endpoint={endpoint} onTest={test} />
        </div>
        <SettingsCard endpoint={endpoint} />
      </div>
      <TestEventDialog organization={org} endpoint={endpoint} isOpen={isTesting} onClose={() => setIsTesting(false)} />
    </>
  )
}

/** Why nothing arrives there, if so. */
function Trouble({ organization, endpoint }: { organization: string; endpoint: Endpoint }) {
  const failing = useFailing(organization).get(endpoint.id)
  if (endpoint.state !== 'enabled') return <p className="mb-5 rounded-lg bg-wait-paper px-4 py-3 text-wait">{causeOf(endpoint)}</p>
  if (failing === undefined) return null
  return (
    <p role="note" className="mb-5 rounded-lg bg-bad-paper px-4 py-3 text-bad">
      It {failureOf(failing)} since <Instant at={failing.failingSince} />, and {failing.waiting === 0 ? 'nothing waits for it' : `${failing.waiting.toLocaleString()}${failing.waitingIsAtLeast ? ' or more' : ''} deliveries wait`}. The newest attempt below says more.
    </p>
  )
}

function NewestDeliveries({ organization, endpoint, onTest }: { organization: string; endpoint: Endpoint; onTest: () => void }) {
  const { items } = useList(['deliveries', organization, { endpointId: endpoint.id }], posthorn.deliveries.list(organization, { endpointId: endpoint.id }))
  return (
    <section className="card min-w-0 overflow-hidden" aria-label="Deliveries">
      <div className="card-head"><h2>Deliveries</h2>{items !== undefined && items.length > 0 && <Link className="link" to={placeIn(organization, 'deliveries')} search={{ endpointId: endpoint.id } as never}>All of them</Link>}</div>
      {items === undefined ? <Loading />
        : items.length === 0 ? <Empty title="Nothing has been sent to it yet" action={endpoint.state === 'enabled' && <Button onClick={onTest}>Send test event</Button>}>A test event goes to this endpoint alone, the real way.</Empty>
          : <><div className="flex items-center gap-3 border-b border-line px-4 py-3"><HealthStrip deliveries={items} /><span className="shrink-0 text-[13px] text-faint">the last {Math.min(40, items.length)}, newest right</span></div><BriefDeliveries organization={organization} deliveries={items.slice(0, 12)} /></>}
    </section>
  )
}
