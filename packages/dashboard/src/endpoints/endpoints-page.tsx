import { Link, useParams } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { StateBadge } from '../pieces/badge.js'
import { buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { ListTable } from '../pieces/list-table.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { failureOf } from './cause.js'
import { useFailing } from './health.js'
import type { Endpoint, FailingEndpoint } from '@posthorn/client'

export function EndpointsPage() {
  const { org = '' } = useParams({ strict: false })
  const list = useList(['endpoints', org], posthorn.endpoints.list(org))
  const failing = useFailing(org)
  const [sought, setSought] = useState('')
  const found = list.items?.filter(({ url, description }) => `${url} ${description}`.toLowerCase().includes(sought.toLowerCase()))
  const create = <Link className={buttonClass('primary')} to={placeIn(org, 'endpoints', 'new')}><Plus size={16} aria-hidden />Create endpoint</Link>
  return (
    <>
      <PageHead title="Endpoints" about="URLs that this organization's events are sent to." actions={list.items !== undefined && list.items.length > 0 ? create : undefined} />
      {list.items !== undefined && list.items.length > 4 && <input data-search type="search" className="control mb-4 w-72 max-w-full" placeholder="Find an endpoint" aria-label="Find an endpoint" value={sought} onChange={(event) => setSought(event.target.value)} />}
      <ListTable list={{ ...list, items: found }} label="Endpoints" head={<><th>URL</th><th className="max-md:hidden">Events</th><th className="max-lg:hidden">Format</th><th>State</th></>}
        row={(endpoint) => <EndpointRow key={endpoint.id} organization={org} endpoint={endpoint} failing={failing.get(endpoint.id)} />}
        empty={sought === '' ? <Empty title="No endpoint yet" action={create}>Give the URL that shall receive this organization's events, and choose which. No URL at hand? The form offers an inspector, which shows what arrives.</Empty>
          : <Empty title="No such endpoint">None of those that are shown has this in its URL or description.</Empty>} />
    </>
  )
}

function EndpointRow({ organization, endpoint, failing }: { organization: string; endpoint: Endpoint; failing: FailingEndpoint | undefined }) {
  const { id, url, description, format, state } = endpoint
  const isFailing = failing !== undefined && state === 'enabled'
  return (
    <tr>
      <td className="w-1/2 max-w-0 max-md:w-full">
        <Link data-row to={placeIn(organization, 'endpoints', id)} className="mono block truncate">{url}</Link>
        <p className="truncate text-[13px] text-faint">{isFailing ? <span className="text-bad">{failureOf(failing)} since <Instant at={failing.failingSince} /></span> : description}</p>
      </td>
      <td className="max-w-56 truncate max-md:hidden">{eventsOf(endpoint)}</td>
      <td className="text-faint max-lg:hidden">{format}</td>
      <td><StateBadge state={isFailing ? 'failing' : state} /></td>
    </tr>
  )
}

export function eventsOf({ eventTypes }: Pick<Endpoint, 'eventTypes'>): string {
  if (eventTypes.includes('*')) return 'all events'
  return eventTypes.length <= 2 ? eventTypes.join(', ') : `${eventTypes.slice(0, 2).join(', ')} and ${eventTypes.length - 2} more`
}
