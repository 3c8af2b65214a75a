import { Link, useParams } from '@tanstack/react-router'
import { DeliveriesList } from '../deliveries/deliveries-list.js'
import { useQuery } from '@tanstack/react-query'
import { Badge } from '../pieces/badge.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { indentJson, Payload } from '../pieces/payload.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useEndpointsById, useList } from '../server/reading.js'

/** One event with its data as the publisher wrote it, and what became of it at each endpoint. */
export function EventPage() {
  const { org = '', event: id = '' } = useParams({ strict: false })
  const { data: event, error } = useQuery({ queryKey: ['event', org, id], queryFn: () => posthorn.events.get(org, id), staleTime: 60_000 })
  const deliveries = useList(['deliveries', org, { eventId: id }], posthorn.deliveries.list(org, { eventId: id }))
  const endpoints = useEndpointsById(org)
  if (error && event === undefined) return <ProblemNote error={error} />
  if (event === undefined) return <Loading />
  return (
    <>
      <PageHead title={event.type} about={<span className="flex flex-wrap items-center gap-2"><Badge look={event.test ? 'cool' : 'none'}>{event.origin}</Badge><span className="mono break-all">{event.id}</span><Instant at={event.createdAt} />{event.receiptId !== null && <Link className="text-accent underline" to={`/receipts/${event.receiptId}`}>the request it came with</Link>}</span>} actions={<CopyButton text={event.rawData} label="Copy data" />} />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <section aria-label="Deliveries" className="card min-w-0 overflow-hidden">
          <h2 className="border-b border-line px-4 py-3">Deliveries</h2>
          {deliveries.items === undefined ? <Loading /> : deliveries.items.length === 0 ? <Empty title="Sent to nobody">No endpoint subscribed to {event.type} when it was dispatched.</Empty> : <DeliveriesList organization={org} deliveries={deliveries.items} endpoints={endpoints} isBrief />}
        </section>
        <section aria-label="Data" className="card min-w-0 p-3"><Payload text={indentJson(event.rawData)} label="Data" /></section>
      </div>
    </>
  )
}
