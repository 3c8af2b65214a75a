import { Link } from '@tanstack/react-router'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Instant } from '../pieces/instant.js'
import { placeIn } from '../pieces/place.js'
import type { Delivery } from '@posthorn/client'

/** A few deliveries beside something else: two lines each, nothing to press. */
export function BriefDeliveries({ organization, deliveries, hasEndpoint = false }: { organization: string; deliveries: readonly Delivery[]; hasEndpoint?: boolean }) {
  return (
    <table className="list"><tbody>
      {deliveries.map(({ id, eventType, test, endpointUrl, createdAt, attemptCount, state }) => (
        <tr key={id}>
          <td className="w-full max-w-0">
            <Link data-row to={placeIn(organization, 'deliveries', id)} className="block truncate font-medium">{eventType ?? 'event removed'}{test && <span className="ml-2"><Badge>test</Badge></span>}</Link>
            <p className="truncate text-[13px] text-faint">{hasEndpoint ? <span className="mono">{endpointUrl}</span> : `${attemptCount} ${attemptCount === 1 ? 'attempt' : 'attempts'}`}</p>
          </td>
          <td className="text-faint max-sm:hidden">{createdAt !== null && <Instant at={createdAt} />}</td>
          <td className="text-right"><StateBadge state={state} /></td>
        </tr>
      ))}
    </tbody></table>
  )
}
