import { Link, useParams } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { indentJson, Payload } from '../pieces/payload.js'
import { CopyButton } from '../pieces/copy-button.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { useOne } from '../server/reading.js'
import { AttemptCard } from './attempt-card.js'
import { asCurl } from './curl.js'
import { HowToVerify } from './how-to-verify.js'

export function DeliveryPage() {
  const { org = '', delivery: id = '' } = useParams({ strict: false })
  const { data: delivery, error } = useOne(['deliveries', org, id], () => posthorn.deliveries.get(org, id))
  const act = useChange((action: 'replay' | 'release' | 'discard') => posthorn.deliveries[action](org, id))
  if (error && delivery === undefined) return <ProblemNote error={error} />
  if (delivery === undefined) return <Loading />

  const here = `/organizations/${encodeURIComponent(org)}`
  const hasEnded = delivery.state === 'succeeded' || delivery.state === 'dead' || delivery.state === 'discarded'
  const last = delivery.attempts.at(-1)
  return (
    <div data-replay-page>
      <PageHead title={delivery.eventType ?? 'Removed event'} about={<span className="flex flex-wrap items-center gap-2"><StateBadge state={delivery.state} />{delivery.test && <Badge>test</Badge>}<span className="mono break-all">{delivery.id}</span></span>} actions={
        <>
          {last !== undefined && delivery.requestBody !== null && <CopyButton text={asCurl(last, delivery.requestBody)} label="Copy as curl" />}
          {!hasEnded && <Button look="danger" disabled={act.isPending} onClick={() => act.mutate('discard')}>Discard</Button>}
          {delivery.state === 'held' && <Button disabled={act.isPending || delivery.endpoint.state !== 'enabled'} onClick={() => act.mutate('release')}>Release</Button>}
          {hasEnded && <Button data-replay look="primary" disabled={act.isPending} onClick={() => act.mutate('replay')}><RotateCcw size={15} aria-hidden />Replay</Button>}
        </>
      } />
      {act.error && <div className="mb-4"><ProblemNote error={act.error} /></div>}

      <dl className="card mb-5 grid gap-x-8 gap-y-3 p-4 sm:grid-cols-2 xl:grid-cols-4">
        <Fact name="Endpoint"><Link to={`${here}/endpoints/${delivery.endpoint.id}`} className="mono break-all text-accent underline underline-offset-2">{delivery.endpoint.url}</Link></Fact>
        <Fact name="Event">{delivery.event === null ? 'removed' : <Link to={`${here}/events/${delivery.event.id}`} className="mono break-all text-accent underline underline-offset-2">{delivery.event.id}</Link>}</Fact>
        <Fact name="Accepted">{delivery.createdAt === null ? '–' : <Instant at={delivery.createdAt} />}</Fact>
        <Fact name={hasEnded ? 'Attempts' : 'Next attempt'}>{hasEnded ? delivery.attemptCount : delivery.nextAttemptAt === null ? 'when its endpoint is enabled' : <Instant at={delivery.nextAttemptAt} />}</Fact>
      </dl>

      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <section aria-label="Attempts" className="flex min-w-0 flex-col gap-3">
          <h2>Attempts</h2>
          {delivery.attempts.length === 0 && <p className="card px-4 py-5 text-faint">{delivery.state === 'held' ? 'None: its endpoint is not enabled.' : 'The first one is on its way.'}</p>}
          {delivery.attempts.toReversed().map((attempt, index) => <AttemptCard key={attempt.id} attempt={attempt} isOpen={index === 0} />)}
        </section>
        <section aria-label="Body" className="flex min-w-0 flex-col gap-3">
          <h2>Body of every attempt</h2>
          {delivery.requestBody === null ? <p className="card px-4 py-5 text-faint">Retention has removed the data of this event.</p> : <div className="card p-3"><Payload text={indentJson(delivery.requestBody)} label="Body" /></div>}
          {last !== undefined && delivery.requestBody !== null && <HowToVerify attempt={last} body={delivery.requestBody} format={delivery.format ?? 'standard'} organization={org} endpoint={delivery.endpoint.id} />}
        </section>
      </div>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div className="min-w-0"><dt className="text-[13px] text-faint">{name}</dt><dd>{children}</dd></div>
}
