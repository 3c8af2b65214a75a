import { useParams } from '@tanstack/react-router'
import { Empty } from '../pieces/empty.js'
import { FilterBar, FilterChoice, FilterText } from '../pieces/filter-bar.js'
import { ListTable } from '../pieces/list-table.js'
import { PageHead } from '../pieces/page-head.js'
import { instantsOf, TimeRangeChoice, timeNames } from '../pieces/time-range.js'
import { useFilter } from '../pieces/use-filter.js'
import { posthorn } from '../server/posthorn.js'
import { useEndpointsById, useList } from '../server/reading.js'
import { DeliveryColumns, DeliveryRow } from './delivery-row.js'
import { deliveryStates, errorClasses, statuses } from './delivery-states.js'
import { SelectionBar } from './selection-bar.js'
import { useSelection } from './use-selection.js'
import type { Delivery, DeliveryFilter, Listing } from '@posthorn/client'

/** The delivery log, of one organization or of all, by whatever it is looked for. */
export function DeliveriesPage() {
  const { org } = useParams({ strict: false })
  const { filter, isFiltered, choose, clear } = useFilter(['state', 'endpointId', 'eventType', 'eventId', 'status', 'errorClass', ...timeNames])
  const endpoints = useEndpointsById(org)
  const list = useList(['deliveries', org ?? null, filter], listDeliveries(org, filter))
  const selection = useSelection(list.items ?? [])
  return (
    <>
      <PageHead title="Deliveries" about="One event for one endpoint each, newest first." />
      <FilterBar isFiltered={isFiltered} onClear={clear}>
        <FilterText isSearch label="Event type" placeholder="Event type: order.*" value={filter.eventType} onChoose={(eventType) => choose({ eventType })} />
        <FilterChoice label="State" every="Every state" choices={deliveryStates.map((state) => [state, state === 'dead' ? 'dead letter' : state])} value={filter.state} onChoose={(state) => choose({ state })} />
        {org !== undefined && <FilterChoice label="Endpoint" every="Every endpoint" choices={[...endpoints.values()].map(({ id, url }) => [id, url])} value={filter.endpointId} onChoose={(endpointId) => choose({ endpointId })} />}
        <FilterChoice label="Answer" every="Every answer" choices={statuses} value={filter.status} onChoose={(status) => choose({ status })} />
        <FilterChoice label="Failure" every="Every failure" choices={errorClasses} value={filter.errorClass} onChoose={(errorClass) => choose({ errorClass })} />
        <TimeRangeChoice range={filter} onChoose={choose} />
      </FilterBar>
      <ListTable list={list} label="Deliveries"
        head={<><th className="w-px pr-0!"><input type="checkbox" className="size-4 accent-(--accent)" aria-label="Select all that are shown" checked={selection.isAll} onChange={selection.toggleAll} /></th><DeliveryColumns hasOrganization={org === undefined} /></>}
        row={(delivery) => <DeliveryRow key={delivery.id} delivery={delivery} hasOrganization={org === undefined} isSelected={selection.has(delivery.id)} onSelect={() => selection.toggle(delivery.id)} />}
        empty={isFiltered ? <Empty title="Nothing fits">No delivery has all of this. Clear a part of the filter.</Empty>
          : <Empty title="Nothing has been sent yet">Publish an event to this organization, or send a test event from the page of an endpoint; what becomes of it shows here at once.</Empty>} />
      <SelectionBar selected={selection.selected} onClear={selection.clear} />
    </>
  )
}

function listDeliveries(organization: string | undefined, { within, from, to, ...filter }: Record<'within' | 'from' | 'to' | 'state', string | undefined>): Listing<Delivery> {
  const asked = { ...filter as DeliveryFilter, ...instantsOf({ within, from, to }) }
  return organization === undefined ? posthorn.deliveries.listAll(asked) : posthorn.deliveries.list(organization, asked)
}
