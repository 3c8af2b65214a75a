import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Badge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'

/** The organization's stream, newest first, as it goes on. */
export function EventsPage() {
  const { org = '' } = useParams({ strict: false })
  const { type } = useSearch({ strict: false }) as { type?: string }
  const navigate = useNavigate()
  const here = `/organizations/${encodeURIComponent(org)}/events`
  const list = useList(['events', org, { type }], posthorn.events.list(org, { type }))

  /** An id leads to its event; anything else is an event type. */
  function search(text: string) {
    if (/^evt_\w+$/.test(text)) void navigate({ to: `${here}/${text}` })
    else void navigate({ to: '.', search: (text === '' ? {} : { type: text }) as never })
  }

  return (
    <>
      <PageHead title="Events" about="Everything that happened, in one stream: published, received, tested." />
      <search className="mb-4"><input data-search type="search" className="control mono w-80 max-w-full max-sm:w-full" placeholder="Event type, or the id of an event" aria-label="Event type or id" defaultValue={type} key={type ?? ''} spellCheck={false} onKeyDown={(event) => { if (event.key === 'Enter') search(event.currentTarget.value.trim()) }} /></search>
      <ProblemNote error={list.error} />
      <div className="card overflow-hidden">
        {list.items === undefined ? !list.error && <Loading /> : list.items.length === 0
          ? type === undefined ? <Empty title="No event yet">Publish the first one: POST /v1/organizations/{org}/events with a type and data. It shows here at once.</Empty> : <Empty title="No such event">No event of exactly this type is kept. <Link className="text-accent underline" to={here}>Show all</Link></Empty>
          : (
            <table className="list">
              <thead><tr><th>Type</th><th className="max-sm:hidden">Id</th><th className="max-md:hidden">Came from</th><th>Time</th></tr></thead>
              <tbody>
                {list.items.map((event) => (
                  <tr key={event.id}>
                    <td className="w-1/2 max-w-0 max-sm:w-full"><Link data-row to={`${here}/${encodeURIComponent(event.id)}`} className="block truncate font-medium">{event.type}</Link></td>
                    <td className="mono w-1/2 max-w-0 truncate text-faint max-sm:hidden">{event.id}</td>
                    <td className="max-md:hidden"><Badge look={event.test ? 'cool' : 'none'}>{event.origin}</Badge></td>
                    <td className="text-faint"><Instant at={event.createdAt} /></td>
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
