import { Link } from '@tanstack/react-router'
import { causeOf, failureOf } from '../endpoints/cause.js'
import { StateBadge } from '../pieces/badge.js'
import { Instant } from '../pieces/instant.js'
import { placeIn } from '../pieces/place.js'
import type { Endpoint, Overview } from '@posthorn/client'

/** Endpoints that take nothing: those that fail, the longest first, and those that are not enabled. */
export function FailingEndpoints({ failing, resting = [] }: { failing: Overview['failing']; resting?: readonly (Endpoint & { organizationId: string })[] }) {
  const others = resting.filter(({ id }) => !failing.endpoints.some((one) => one.id === id))
  return (
    <section className="card min-w-0 overflow-hidden" aria-label="Endpoints that need attention">
      <h2 className="card-head">Endpoints that need attention</h2>
      {failing.endpoints.length + others.length === 0 ? <p className="px-4 py-5 text-faint">All endpoints are enabled, and none is failing.</p> : (
        <table className="list"><tbody>
          {failing.endpoints.slice(0, 10).map((endpoint) => (
            <Row key={endpoint.id} organization={endpoint.organizationId} endpoint={endpoint}>
              <span className="text-bad">{failureOf(endpoint)}</span> since <Instant at={endpoint.failingSince} />; {endpoint.waiting.toLocaleString()}{endpoint.waitingIsAtLeast && '+'} waiting
            </Row>
          ))}
          {others.slice(0, 10).map((endpoint) => <Row key={endpoint.id} organization={endpoint.organizationId} endpoint={endpoint}>{causeOf(endpoint)}</Row>)}
        </tbody></table>
      )}
      {(failing.more || failing.endpoints.length > 10) && <p className="border-t border-line px-4 py-2.5 text-faint">{failing.more ? 'More than 50' : failing.endpoints.length} endpoints are failing; here are those that have the longest.</p>}
    </section>
  )
}

function Row({ organization, endpoint, children }: { organization: string; endpoint: Pick<Endpoint, 'id' | 'url' | 'state'>; children: React.ReactNode }) {
  return (
    <tr>
      <td className="w-full max-w-0"><Link data-row to={placeIn(organization, 'endpoints', endpoint.id)} className="mono block truncate">{endpoint.url}</Link><p className="text-[13px] text-faint">{children}</p></td>
      <td className="text-right"><StateBadge state={endpoint.state === 'enabled' ? 'failing' : endpoint.state} /></td>
    </tr>
  )
}
