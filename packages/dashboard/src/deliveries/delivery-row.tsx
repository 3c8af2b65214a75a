import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { buttonClass } from '../pieces/button.js'
import { Instant } from '../pieces/instant.js'
import { placeIn } from '../pieces/place.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { hasEnded } from './delivery-states.js'
import type { Delivery } from '@posthorn/client'

/** One delivery in the log; whose it is shows where the log is of all organizations. */
export function DeliveryRow({ delivery, hasOrganization, isSelected, onSelect }: { delivery: Delivery; hasOrganization: boolean; isSelected: boolean; onSelect: () => void }) {
  const { id, organizationId, endpointUrl, eventType, test, createdAt, attemptCount, state } = delivery
  const name = eventType ?? 'event removed'
  return (
    <tr className={isSelected ? 'bg-accent-paper!' : ''}>
      <td className="w-px pr-0!"><input type="checkbox" data-select className="size-4 accent-(--accent)" aria-label={`Select ${name}`} checked={isSelected} onChange={onSelect} /></td>
      <td className={`${hasOrganization ? 'w-1/3' : 'w-1/2'} max-w-0 max-md:w-full`}>
        <Link data-row to={placeIn(organizationId, 'deliveries', id)} className="block truncate font-medium">{name}{test && <span className="ml-2"><Badge>test</Badge></span>}</Link>
        <p className="truncate text-[13px] text-faint md:hidden">{createdAt !== null && <span className="sm:hidden"><Instant at={createdAt} /> </span>}{hasOrganization ? organizationId : <span className="mono">{endpointUrl}</span>}</p>
        {hasOrganization && <p className="mono truncate text-faint md:hidden">{endpointUrl}</p>}
      </td>
      {hasOrganization && <td className="mono text-faint whitespace-nowrap max-md:hidden">{organizationId}</td>}
      <td className={`mono ${hasOrganization ? 'w-2/3' : 'w-1/2'} max-w-0 truncate text-faint max-md:hidden`} title={endpointUrl}>{endpointUrl}</td>
      <td className="max-lg:hidden"><LastAnswer delivery={delivery} /></td>
      <td className="text-right tabular-nums max-sm:hidden">{attemptCount}</td>
      <td className="text-faint max-sm:hidden">{createdAt !== null && <Instant at={createdAt} />}</td>
      <td className="max-sm:text-right"><StateBadge state={state} /></td>
      <td className="w-px py-0! max-sm:hidden">{hasEnded(state) && <ReplayButton organization={organizationId} id={id} name={name} />}</td>
    </tr>
  )
}

export function DeliveryColumns({ hasOrganization }: { hasOrganization: boolean }) {
  return (
    <>
      <th>Event</th>{hasOrganization && <th className="max-md:hidden">Organization</th>}<th className="max-md:hidden">To</th><th className="max-lg:hidden">Answer</th><th className="text-right! max-sm:hidden">Attempts</th><th className="max-sm:hidden">Time</th>
      <th className="max-sm:text-right!">State</th><th className="max-sm:hidden"><span className="sr-only">Replay</span></th>
    </>
  )
}

/** What the last attempt came to. */
function LastAnswer({ delivery: { lastStatus, lastErrorClass } }: { delivery: Delivery }) {
  if (lastStatus === null && lastErrorClass === null) return <span className="text-faint">–</span>
  const isGood = lastStatus !== null && lastStatus >= 200 && lastStatus < 300
  return <span className={`tabular-nums ${isGood ? 'text-good' : 'text-bad'}`}>{lastStatus ?? lastErrorClass?.replaceAll('_', ' ')}</span>
}

function ReplayButton({ organization, id, name }: { organization: string; id: string; name: string }) {
  const replay = useChange((_given: void) => posthorn.deliveries.replay(organization, id))
  return <button type="button" data-replay disabled={replay.isPending} aria-label={`Replay ${name}`} title={replay.error === null ? 'Replay (r)' : replay.error.message} className={`${buttonClass('quiet')} h-8! px-2!`} onClick={() => replay.mutate()}><RotateCcw size={15} aria-hidden /></button>
}
