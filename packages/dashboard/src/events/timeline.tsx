import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Instant, lengthOf } from '../pieces/instant.js'
import { placeIn } from '../pieces/place.js'
import { posthorn } from '../server/posthorn.js'
import type { Attempt, Delivery, DeliveryDetail } from '@posthorn/client'

/** What became of an event at each endpoint, attempt by attempt. */
export function Timeline({ organization, acceptedAt, deliveries }: { organization: string; acceptedAt: string; deliveries: readonly Delivery[] }) {
  const details = useQueries({ queries: deliveries.slice(0, shownInDetail).map(({ id }) => ({ queryKey: ['deliveries', organization, id], queryFn: () => posthorn.deliveries.get(organization, id) })) })
  return (
    <ul className="divide-y divide-line">
      {deliveries.map((delivery, index) => <OfEndpoint key={delivery.id} organization={organization} acceptedAt={acceptedAt} delivery={delivery} detail={details[index]?.data} />)}
    </ul>
  )
}

function OfEndpoint({ organization, acceptedAt, delivery, detail }: { organization: string; acceptedAt: string; delivery: Delivery; detail: DeliveryDetail | undefined }) {
  return (
    <li className="px-4 py-3">
      <div className="relative flex items-start justify-between gap-3">
        <Link data-row to={placeIn(organization, 'deliveries', delivery.id)} className="mono min-w-0 font-medium break-all after:absolute after:inset-0 hover:underline">{delivery.endpointUrl}</Link>
        <StateBadge state={detail?.state ?? delivery.state} />
      </div>
      <ol className="mt-2 ml-1.5 border-l border-line pl-4">
        {detail?.attempts.map((attempt) => <Step key={attempt.id} attempt={attempt} acceptedAt={acceptedAt} />)}
        {detail?.nextAttemptAt != null && <Dot look="bg-strong-line">next attempt <Instant at={detail.nextAttemptAt} /></Dot>}
        {detail?.attempts.length === 0 && detail.nextAttemptAt === null && <Dot look="bg-strong-line">{delivery.state === 'held' ? 'held until its endpoint is enabled' : 'nothing was sent'}</Dot>}
      </ol>
    </li>
  )
}

function Step({ attempt: { number, status, errorClass, error, startedAt, durationMs }, acceptedAt }: { attempt: Attempt; acceptedAt: string }) {
  const isGood = status !== null && status >= 200 && status < 300
  return (
    <Dot look={isGood ? 'bg-good-bar' : 'bg-bad-bar'}>
      <span className={`font-medium ${isGood ? 'text-good' : 'text-bad'}`} title={error ?? undefined}>{status ?? errorClass ?? 'no answer'}</span>
      <span className="text-faint">attempt {number}, {lengthOf(Math.max(0, Date.parse(startedAt) - Date.parse(acceptedAt)))} after it was accepted, took {lengthOf(durationMs)}</span>
      <span className="text-faint sm:ml-auto"><Instant at={startedAt} /></span>
    </Dot>
  )
}

function Dot({ look, children }: { look: string; children: React.ReactNode }) {
  return <li className="relative flex flex-wrap gap-x-2 py-0.5 text-[13px]"><span aria-hidden className={`absolute top-2 -left-[21px] size-2.5 rounded-full ring-3 ring-card ${look}`} />{children}</li>
}

const shownInDetail = 20
