import { Link, useParams } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { StateBadge } from '../pieces/badge.js'
import { buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import type { Endpoint } from '@posthorn/client'

export function EndpointsPage() {
  const { org = '' } = useParams({ strict: false })
  const here = `/organizations/${encodeURIComponent(org)}/endpoints`
  const list = useList(['endpoints', org], posthorn.endpoints.list(org))
  const [sought, setSought] = useState('')
  const found = list.items?.filter(({ url, description }) => `${url} ${description}`.toLowerCase().includes(sought.toLowerCase()))
  const create = <Link className={buttonClass('primary')} to={`${here}/new`}><Plus size={16} aria-hidden />Create endpoint</Link>
  return (
    <>
      <PageHead title="Endpoints" about="URLs that this organization's events are sent to." actions={list.items !== undefined && list.items.length > 0 ? create : undefined} />
      <ProblemNote error={list.error} />
      {list.items !== undefined && list.items.length > 4 && <input data-search type="search" className="control mb-4 w-72 max-w-full" placeholder="Find an endpoint" aria-label="Find an endpoint" value={sought} onChange={(event) => setSought(event.target.value)} />}
      <div className="card overflow-hidden">
        {found === undefined ? !list.error && <Loading /> : list.items?.length === 0 ? <Empty title="No endpoint yet" action={create}>Give the URL that shall receive this organization's events, and choose which. No URL at hand? The form offers an inspector, which shows what arrives.</Empty>
          : (
            <table className="list">
              <thead><tr><th>URL</th><th className="max-md:hidden">Events</th><th className="max-lg:hidden">Format</th><th>State</th></tr></thead>
              <tbody>
                {found.map((endpoint) => (
                  <tr key={endpoint.id}>
                    <td className="w-1/2 max-w-0 max-md:w-full"><Link data-row to={`${here}/${endpoint.id}`} className="mono block truncate">{endpoint.url}</Link>{endpoint.description !== '' && <p className="truncate text-faint">{endpoint.description}</p>}</td>
                    <td className="max-w-56 truncate max-md:hidden">{eventsOf(endpoint)}</td>
                    <td className="text-faint max-lg:hidden">{endpoint.format}</td>
                    <td><StateBadge state={endpoint.state} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        <More {...list} />
      </div>
    </>
  )
}

export function eventsOf({ eventTypes }: Pick<Endpoint, 'eventTypes'>): string {
  if (eventTypes.includes('*')) return 'all events'
  return eventTypes.length <= 2 ? eventTypes.join(', ') : `${eventTypes.slice(0, 2).join(', ')} and ${eventTypes.length - 2} more`
}
