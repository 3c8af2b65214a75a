import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { deliveryStates } from './delivery-states.js'
import { useEndpointsById, useList } from '../server/reading.js'
import { DeliveriesList } from './deliveries-list.js'
import type { DeliveryFilter } from '@posthorn/client'

/** The delivery log, by whatever it is looked for; the filter stands in the address. */
export function DeliveriesPage() {
  const { org = '' } = useParams({ strict: false })
  const { state, endpointId, eventType, eventId } = useSearch({ strict: false }) as Record<string, string | undefined>
  const filter = { state, endpointId, eventType, eventId }
  const navigate = useNavigate()
  const endpoints = useEndpointsById(org)
  const list = useList(['deliveries', org, filter], posthorn.deliveries.list(org, filter as DeliveryFilter))
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const choose = (changed: Partial<typeof filter>) => void navigate({ to: '.', search: Object.fromEntries(Object.entries({ ...filter, ...changed }).filter(([, value]) => value)) as never, replace: true })

  return (
    <>
      <PageHead title="Deliveries" about="One event for one endpoint each, newest first." />
      <search className="mb-4 flex flex-wrap gap-2">
        <input data-search className="control mono w-64 max-sm:w-full" placeholder="Event type: order.*" aria-label="Event type" defaultValue={eventType} key={eventType ?? ''} spellCheck={false}
          onKeyDown={(event) => { if (event.key === 'Enter') choose({ eventType: event.currentTarget.value.trim() }) }} onBlur={(event) => { if (event.target.value.trim() !== (eventType ?? '')) choose({ eventType: event.target.value.trim() }) }} />
        <select className="control max-sm:flex-1" aria-label="State" value={state ?? ''} onChange={(event) => choose({ state: event.target.value })}>
          <option value="">Every state</option>
          {deliveryStates.map((name) => <option key={name} value={name}>{name === 'dead' ? 'dead letter' : name}</option>)}
        </select>
        <select className="control min-w-0 max-sm:flex-1 sm:max-w-80" aria-label="Endpoint" value={endpointId ?? ''} onChange={(event) => choose({ endpointId: event.target.value })}>
          <option value="">Every endpoint</option>
          {[...endpoints.values()].map(({ id, url }) => <option key={id} value={id}>{url}</option>)}
        </select>
        {isFiltered && <button type="button" className="px-2 text-accent underline underline-offset-2" onClick={() => void navigate({ to: '.', search: {} as never })}>Clear</button>}
      </search>
      <ProblemNote error={list.error} />
      <div className="card overflow-hidden">
        {list.items === undefined ? <Loading /> : list.items.length > 0 ? <DeliveriesList organization={org} deliveries={list.items} endpoints={endpoints} />
          : isFiltered ? <Empty title="Nothing fits">No delivery has all of this. Clear a part of the filter.</Empty>
            : <Empty title="Nothing has been sent yet">Publish an event to this organization, or send a test event from the page of an endpoint; what becomes of it shows here at once.</Empty>}
        <More {...list} />
      </div>
    </>
  )
}
