import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty } from '../pieces/empty.js'
import { FilterBar, FilterText } from '../pieces/filter-bar.js'
import { Instant } from '../pieces/instant.js'
import { ListTable } from '../pieces/list-table.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { instantsOf, TimeRangeChoice, timeNames } from '../pieces/time-range.js'
import { useFilter } from '../pieces/use-filter.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { OriginBadge } from './origin-badge.js'
import type { Event, EventFilter } from '@posthorn/client'

/** The stream of an organization, or of all, newest first; what arrives while somebody looks lights up. */
export function EventsPage() {
  const { org } = useParams({ strict: false })
  const navigate = useNavigate()
  const { filter, isFiltered, choose, clear } = useFilter(['type', 'id', ...timeNames])
  const asked: EventFilter = { ...(filter.type !== undefined && { type: filter.type }), ...(filter.id !== undefined && { id: filter.id }), ...instantsOf(filter) }
  const list = useList(['events', org ?? null, filter], org === undefined ? posthorn.events.listAll(asked) : posthorn.events.list(org, asked))
  const [openedAt] = useState(Date.now)

  async function search(text: string) {
    const known = await eventsOfId(org, text)
    if (known.length === 0) choose({ type: text, id: '' })
    else if (known.length === 1) await navigate({ to: placeIn(known[0]?.organizationId ?? '', 'events', text) })
    // Publishers bring ids of their own, so several organizations may have one of this id.
    else choose({ type: '', id: text })
  }

  return (
    <>
      <PageHead title="Events" about="Everything that happened, in one stream: published, received, tested." />
      <FilterBar isFiltered={isFiltered} onClear={clear}>
        <FilterText isSearch label="Event type or id" placeholder="Event type, or an event's id" value={filter.id ?? filter.type} onChoose={(text) => void search(text)} />
        <TimeRangeChoice range={filter} onChoose={choose} />
      </FilterBar>
      <ListTable list={list} label="Events" head={<><th>Type</th><th className="max-sm:hidden">{org === undefined ? 'Organization' : 'Id'}</th><th className="max-md:hidden">Came from</th><th className="max-sm:text-right!">Time</th></>}
        row={(event) => <EventRow key={`${event.organizationId} ${event.id}`} event={event} about={org === undefined ? event.organizationId : event.id} isNew={Date.parse(event.createdAt) > openedAt} />}
        empty={isFiltered ? <Empty title="No such event">No event of this type and time is kept, and none has this as its id.</Empty>
          : <Empty title="No event yet">Publish the first one: <code>POST /v1/organizations/{org ?? '…'}/events</code> with a type and data. It shows here at once.</Empty>} />
    </>
  )
}

function EventRow({ event: { id, organizationId, type, test, origin, createdAt }, about, isNew }: { event: Event; about: string; isNew: boolean }) {
  return (
    <tr className={isNew ? 'arrived' : ''}>
      <td className="w-1/2 max-w-0 max-sm:w-full"><Link data-row to={placeIn(organizationId, 'events', id)} className="block truncate font-medium">{type}</Link></td>
      <td className="mono w-1/2 max-w-0 truncate text-faint max-sm:hidden">{about}</td>
      <td className="max-md:hidden"><OriginBadge origin={origin} test={test} /></td>
      <td className="text-faint max-sm:text-right"><Instant at={createdAt} /></td>
    </tr>
  )
}

/** Ids may look like types where publishers bring their own; so it is asked. */
async function eventsOfId(organization: string | undefined, id: string): Promise<Event[]> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return []
  return (await (organization === undefined ? posthorn.events.listAll({ id }) : posthorn.events.list(organization, { id })).page({ limit: 2 })).data
}
