import { lengthOf } from '../pieces/instant.js'
import type { Overview } from '@posthorn/client'

/** What one wants to know first. */
export function Figures({ overview: { totals, backlog, latency } }: { overview: Overview }) {
  const attempts = totals.succeeded + totals.retrying + totals.dead
  return (
    <dl className="mb-5 grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Figure name="Succeeded" value={totals.succeeded.toLocaleString()} about={totals.replayed > 0 ? `${totals.replayed.toLocaleString()} replayed` : 'deliveries'} />
      <Figure name="Success rate" value={attempts === 0 ? '–' : `${(100 * totals.succeeded / attempts).toFixed(totals.succeeded === attempts ? 0 : 1)} %`} about={`of ${attempts.toLocaleString()} attempts`} />
      <Figure name="To be retried" value={totals.retrying.toLocaleString()} about="failed attempts" />
      <Figure name="Dead letters" value={totals.dead.toLocaleString()} about="given up" isBad={totals.dead > 0} />
      <Figure name="Waiting now" value={`${backlog.waiting.toLocaleString()}${backlog.waitingIsAtLeast ? '+' : ''}`} about={backlog.oldestDueSeconds === 0 ? 'none is overdue' : `oldest due for ${lengthOf(backlog.oldestDueSeconds * 1_000)}`} isBad={backlog.oldestDueSeconds > 60} />
      <Figure name="p99 to receipt" value={latency === null ? '–' : lengthOf(latency.p99Ms)} about={latency === null ? 'nothing measured' : `half within ${lengthOf(latency.p50Ms)}`} />
    </dl>
  )
}

function Figure({ name, value, about, isBad = false }: { name: string; value: string; about: string; isBad?: boolean }) {
  return (
    <div className="card flex min-w-0 flex-col px-4 py-3">
      <dt className="text-[13px] text-faint">{name}</dt>
      <dd className={`text-2xl font-semibold tracking-tight tabular-nums ${isBad ? 'text-bad' : ''}`}>{value}<span className="block truncate text-[13px] font-normal tracking-normal text-faint">{about}</span></dd>
    </div>
  )
}
