import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { JsonPayload } from '../pieces/payload.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { OriginBadge } from './origin-badge.js'
import { Timeline } from './timeline.js'

/** One event with its data as the publisher wrote it, where it came from, and what became of it at each endpoint. */
export function EventPage() {
  const { org = '', event: id = '' } = useParams({ strict: false })
  const { data: event, error } = useQuery({ queryKey: ['event', org, id], queryFn: () => posthorn.events.get(org, id), staleTime: 60_000 })
  const deliveries = useList(['deliveries', org, { eventId: id }], posthorn.deliveries.list(org, { eventId: id }))
  if (error && event === undefined) return <ProblemNote error={error} />
  if (event === undefined) return <Loading />
  return (
    <>
      <PageHead title={event.type} actions={<CopyButton text={event.rawData} label="Copy data" />}
        about={(
          <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <OriginBadge origin={event.origin} test={event.test} /><span className="mono break-all">{event.id}</span><Instant at={event.createdAt} />
            {event.receiptId !== null && <Link className="link" to={`/receipts/${encodeURIComponent(event.receiptId)}`}>the request it came with</Link>}
          </span>
        )} />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <section aria-label="Deliveries" className="card min-w-0 overflow-hidden">
          <div className="card-head"><h2>What became of it</h2><Link className="link" to={placeIn(org, 'deliveries')} search={{ eventId: id } as never}>In the log</Link></div>
          {deliveries.items === undefined ? <Loading />
            : deliveries.items.length === 0 ? <Empty title="Sent to nobody">No endpoint subscribed to {event.type} when it was dispatched.</Empty>
              : <Timeline organization={org} acceptedAt={event.createdAt} deliveries={deliveries.items} />}
        </section>
        <section aria-label="Data" className="card min-w-0"><div className="card-head"><h2>Data</h2><span className="text-[13px] text-faint">as it was written</span></div><div className="p-3"><JsonPayload text={event.rawData} label="Data" /></div></section>
      </div>
    </>
  )
}
