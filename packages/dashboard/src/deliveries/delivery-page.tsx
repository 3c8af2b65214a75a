import { Link, useParams } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { ConfirmDialog } from '../pieces/confirm-dialog.js'
import { CopyButton } from '../pieces/copy-button.js'
import { FactList } from '../pieces/facts.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { JsonPayload } from '../pieces/payload.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import { AttemptCard } from './attempt-card.js'
import { asCurl } from './curl.js'
import { hasEnded } from './delivery-states.js'
import { HowToVerify } from './how-to-verify.js'
import type { DeliveryDetail } from '@posthorn/client'

/** One delivery: every attempt as it was sent and answered, and how its receiver proves it. */
export function DeliveryPage() {
  const { org = '', delivery: id = '' } = useParams({ strict: false })
  const { data: delivery, error } = useOne(['deliveries', org, id], () => posthorn.deliveries.get(org, id))
  if (delivery === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  return (
    <div data-replay-page>
      <DeliveryHead organization={org} delivery={delivery} />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <Attempts delivery={delivery} />
        <Body organization={org} delivery={delivery} />
      </div>
    </div>
  )
}

function DeliveryHead({ organization, delivery }: { organization: string; delivery: DeliveryDetail }) {
  const { id, state, eventType, test, attempts, requestBody, endpoint, event, createdAt, nextAttemptAt, attemptCount, format } = delivery
  const act = useChange((action: 'replay' | 'release') => posthorn.deliveries[action](organization, id))
  const discard = useChange((_given: void) => posthorn.deliveries.discard(organization, id), { after: () => setIsDiscarding(false) })
  const [isDiscarding, setIsDiscarding] = useState(false)
  const last = attempts.at(-1)
  return (
    <>
      <PageHead title={eventType ?? 'Removed event'} about={<span className="flex flex-wrap items-center gap-2"><StateBadge state={state} />{test && <Badge>test</Badge>}<span className="mono break-all">{id}</span></span>} actions={
        <>
          {last !== undefined && requestBody !== null && <CopyButton text={asCurl(last, requestBody)} label="Copy as curl" />}
          {!hasEnded(state) && <Button look="danger" disabled={act.isPending} onClick={() => setIsDiscarding(true)}>Discard</Button>}
          {state === 'held' && <Button disabled={act.isPending || endpoint.state !== 'enabled'} title={endpoint.state === 'enabled' ? undefined : 'Its endpoint is not enabled.'} onClick={() => act.mutate('release')}>Release</Button>}
          {hasEnded(state) && <Button data-replay look="primary" disabled={act.isPending} onClick={() => act.mutate('replay')}><RotateCcw size={15} aria-hidden />Replay</Button>}
        </>
      } />
      <ConfirmDialog title="Discard this delivery?" action="Discard" isOpen={isDiscarding} change={discard} onClose={() => setIsDiscarding(false)}>It is not sent any more, unless somebody replays it.</ConfirmDialog>
      <div className="mb-4 empty:hidden"><ProblemNote error={act.error} /></div>
      <div className="card mb-5">
        <FactList className="grid sm:grid-cols-2 xl:grid-cols-[2fr_1fr_1fr_1fr_1fr]" facts={[
          ['Endpoint', <Link to={placeIn(organization, 'endpoints', endpoint.id)} className="link mono block truncate" title={endpoint.url}>{endpoint.url}</Link>],
          ['Event', event === null ? 'removed' : <Link to={placeIn(organization, 'events', event.id)} className="link mono block truncate">{event.id}</Link>],
          ['Accepted', createdAt === null ? '–' : <Instant at={createdAt} />],
          hasEnded(state) ? ['Attempts', attemptCount] : ['Next attempt', nextAttemptAt === null ? 'once its endpoint is enabled' : <Instant at={nextAttemptAt} />],
          ['Format', format ?? '–'],
        ]} />
      </div>
    </>
  )
}

function Attempts({ delivery: { attempts, state } }: { delivery: DeliveryDetail }) {
  return (
    <section aria-label="Attempts" className="flex min-w-0 flex-col gap-3">
      <h2>Attempts</h2>
      {attempts.length === 0 && <p className="card px-4 py-5 text-faint">{state === 'held' ? 'None: its endpoint is not enabled.' : state === 'discarded' ? 'None: it was discarded before.' : 'The first one is on its way.'}</p>}
      {attempts.toReversed().map((attempt, index) => <AttemptCard key={attempt.id} attempt={attempt} isOpen={index === 0} />)}
    </section>
  )
}

function Body({ organization, delivery: { id, attempts, requestBody } }: { organization: string; delivery: DeliveryDetail }) {
  const last = attempts.at(-1)
  return (
    <section aria-label="Body" className="flex min-w-0 flex-col gap-3">
      <h2>Body of every attempt</h2>
      {requestBody === null ? <p className="card px-4 py-5 text-faint">Retention has removed the data of this event.</p> : <div className="card p-3"><JsonPayload text={requestBody} label="Body" /></div>}
      {last !== undefined && requestBody !== null && <HowToVerify organization={organization} delivery={id} attempt={last.number} />}
    </section>
  )
}
