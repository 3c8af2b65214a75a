import { Link } from '@tanstack/react-router'
import { eventsOf } from '../endpoints/endpoints-page.js'
import { StateBadge } from '../pieces/badge.js'
import { Loading } from '../pieces/loading.js'
import { placeIn } from '../pieces/place.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'

export function WebhooksCard({ organization }: { organization: string }) {
  const list = useList(['endpoints', organization], posthorn.endpoints.list(organization))
  return (
    <section className="card overflow-hidden xl:col-span-2" aria-label="Webhooks">
      <h2 className="border-b border-line px-4 py-3">Webhooks</h2>
      {list.items === undefined ? <Loading /> : list.items.length === 0 ? <p className="px-4 py-5 text-faint">None yet. “Create webhook” asks for a URL and the events, and shows the signing secret to copy.</p> : (
        <table className="list"><tbody>{list.items.slice(0, 20).map((endpoint) => (
          <tr key={endpoint.id}>
            <td className="w-full max-w-0"><Link data-row to={placeIn(organization, 'endpoints', endpoint.id)} className="mono block truncate">{endpoint.url}</Link></td>
            <td className="whitespace-nowrap text-faint max-sm:hidden">{eventsOf(endpoint)}</td><td><StateBadge state={endpoint.state} /></td>
          </tr>
        ))}</tbody></table>
      )}
    </section>
  )
}
