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
import { callForText, pathIn } from '../server/call.js'
import { useEndpointsById, useList } from '../server/lists.js'
import type { Delivery, Event } from '../server/answers.js'

/** One event with its data as the publisher wrote it, and what became of it at each endpoint. */
export function EventPage() {
  const { org = '', event: id = '' } = useParams({ strict: false })
  const path = pathIn(org, 'events', id)
  const { data: found, error } = useQuery({ queryKey: [path, 'text'], queryFn: async () => readEvent(await callForText(path)), staleTime: 60_000 })
  const deliveries = useList<Delivery>(pathIn(org, 'deliveries'), { eventId: id }, { everyMs: 2_500 })
  const endpoints = useEndpointsById(org)
  if (error && found === undefined) return <ProblemNote error={error} />
  if (found === undefined) return <Loading />
  const { event, data } = found
  return (
    <>
      <PageHead title={event.type} about={<span className="flex flex-wrap items-center gap-2"><Badge look={event.test ? 'cool' : 'none'}>{event.origin}</Badge><span className="mono break-all">{event.id}</span><Instant at={event.createdAt} />{event.receiptId !== null && <Link className="text-accent underline" to={`/receipts/${event.receiptId}`}>the request it came with</Link>}</span>} actions={<CopyButton text={data} label="Copy data" />} />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <section aria-label="Deliveries" className="card min-w-0 overflow-hidden">
          <h2 className="border-b border-line px-4 py-3">Deliveries</h2>
          {deliveries.items === undefined ? <Loading /> : deliveries.items.length === 0 ? <Empty title="Sent to nobody">No endpoint subscribed to {event.type} when it was dispatched.</Empty> : <DeliveriesList organization={org} deliveries={deliveries.items} endpoints={endpoints} isBrief />}
        </section>
        <section aria-label="Data" className="card min-w-0 p-3"><Payload text={indentJson(data)} label="Data" /></section>
      </div>
    </>
  )
}

/** The data stays the text that it is: a parser would lose digits of large numbers. It is the last field of the answer. */
function readEvent(text: string): { event: Event; data: string } {
  const { data: _data, ...event } = JSON.parse(text) as Event & { data: unknown }
  const head = JSON.stringify(event)
  return { event, data: text.slice(head.length - 1 + ',"data":'.length, -1) }
}
