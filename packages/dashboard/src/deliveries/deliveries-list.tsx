import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { buttonClass } from '../pieces/button.js'
import { Instant } from '../pieces/instant.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import type { Delivery, Endpoint } from '@posthorn/client'

/** Deliveries as rows. `isBrief`: where they stand beside something else; `isOfOneEndpoint`: where its page says which. */
export function DeliveriesList({ organization, deliveries, endpoints, isBrief = false, isOfOneEndpoint = false }: { organization: string; deliveries: readonly Delivery[]; endpoints: ReadonlyMap<string, Endpoint>; isBrief?: boolean; isOfOneEndpoint?: boolean }) {
  const replay = useChange(({ id }: Delivery) => posthorn.deliveries.replay(organization, id))
  return (
    <table className="list">
      {!isBrief && <thead><tr><th>Event</th>{!isOfOneEndpoint && <th className="max-md:hidden">Endpoint</th>}<th className="max-sm:hidden">Attempts</th><th className="max-sm:hidden">Time</th><th className="max-sm:text-right!">State</th><th className="max-sm:hidden"><span className="sr-only">Replay</span></th></tr></thead>}
      <tbody>
        {deliveries.map((delivery) => {
          const url = endpoints.get(delivery.endpointId)?.url ?? delivery.endpointId
          return (
            <tr key={delivery.id}>
              <td className={`max-w-0 ${isBrief || isOfOneEndpoint ? 'w-full' : 'w-1/2 max-md:w-full'}`}>
                <Link data-row to={`/organizations/${encodeURIComponent(organization)}/deliveries/${delivery.id}`} className="block truncate font-medium">{delivery.eventType ?? 'event removed'}{delivery.test && <span className="ml-2"><Badge>test</Badge></span>}</Link>
                <p className={`truncate text-[13px] text-faint ${isBrief ? '' : 'md:hidden'}`}><span className={isBrief ? 'hidden' : 'sm:hidden'}>{delivery.createdAt !== null && <Instant at={delivery.createdAt} />} </span>{!isOfOneEndpoint && <span className="mono">{url}</span>}</p>
              </td>
              {!isBrief && !isOfOneEndpoint && <td className="mono w-1/2 max-w-0 truncate text-faint max-md:hidden" title={url}>{url}</td>}
              {!isBrief && <td className="tabular-nums max-sm:hidden">{delivery.attemptCount}</td>}
              <td className={`text-faint ${isBrief ? '' : 'max-sm:hidden'}`}>{delivery.createdAt !== null && <Instant at={delivery.createdAt} />}</td>
              <td className="max-sm:text-right"><StateBadge state={delivery.state} /></td>
              {!isBrief && (
                <td className="w-px py-0! max-sm:hidden">
                  {(delivery.state === 'succeeded' || delivery.state === 'dead' || delivery.state === 'discarded') && (
                    <button type="button" data-replay disabled={replay.isPending} aria-label={`Replay ${delivery.eventType ?? delivery.id}`} title="Replay (r)" className={`${buttonClass('quiet')} h-8! px-2!`} onClick={() => replay.mutate(delivery)}><RotateCcw size={15} aria-hidden /></button>
                  )}
                </td>
              )}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
