import { TriangleAlert } from 'lucide-react'
import type { ServerOverview } from '@posthorn/client'

/** Events that applications published in their own transactions and that nobody could take: they wait for a person. */
export function ParkedNote({ outbox: { parked, parkedIsAtLeast } }: Pick<ServerOverview, 'outbox'>) {
  if (parked === 0) return null
  return (
    <div role="status" aria-label="Parked events" className="mb-5 flex gap-2.5 rounded-lg bg-wait-paper px-3.5 py-2.5 text-wait">
      <TriangleAlert size={17} aria-hidden className="mt-0.5 shrink-0" />
      <p>
        <span className="font-medium">{parked.toLocaleString()}{parkedIsAtLeast && '+'} {parked === 1 ? 'event' : 'events'} published in a transaction could not be taken over.</span>{' '}
        Each lies in the table <code>posthorn.outbox_parked</code> with its reason. Once that is put right, publish them again out of there; docs/transactions.md says how.
      </p>
    </div>
  )
}
