import { useQuery } from '@tanstack/react-query'
import { posthorn } from '../server/posthorn.js'
import type { Delivery, FailingEndpoint } from '@posthorn/client'

/** The endpoints of an organization that fail now, by their ids. */
export function useFailing(organization: string): ReadonlyMap<string, FailingEndpoint> {
  const { data } = useQuery({ queryKey: ['overview', organization, 'hour'], queryFn: () => posthorn.overview.of(organization, { span: 'hour' }), refetchInterval: 20_000 })
  return new Map(data?.failing.endpoints.map((endpoint) => [endpoint.id, endpoint]))
}

const colors = { succeeded: 'bg-good-bar', dead: 'bg-bad-bar', retrying: 'bg-wait-bar', held: 'bg-strong-line', pending: 'bg-strong-line', discarded: 'bg-strong-line' } as const

/** What became of its last deliveries, at a glance: the newest on the right. */
export function HealthStrip({ deliveries }: { deliveries: readonly Delivery[] }) {
  const shown = deliveries.slice(0, 40).toReversed()
  const succeeded = shown.filter(({ state }) => state === 'succeeded').length
  return (
    <div role="img" aria-label={`Of the last ${shown.length} deliveries, ${succeeded} succeeded.`} className="flex h-6 min-w-0 items-stretch justify-end gap-[3px] overflow-hidden">
      {shown.map(({ id, state, eventType }) => <span key={id} title={`${eventType ?? 'event'}: ${state}`} className={`w-1.5 shrink-0 rounded-sm ${colors[state]}`} />)}
    </div>
  )
}
