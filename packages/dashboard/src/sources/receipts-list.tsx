import { Link } from '@tanstack/react-router'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { FilterChoice } from '../pieces/filter-bar.js'
import { Instant } from '../pieces/instant.js'
import { ListTable } from '../pieces/list-table.js'
import { useFilter } from '../pieces/use-filter.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import type { Receipt, ReceiptFilter } from '@posthorn/client'

const verdicts = ['accepted', 'duplicate', 'refused', 'handshake'] as const

/** Every request that came in, accepted or refused; of one source, or with a choice of them. */
export function ReceiptsList({ source, sources }: { source?: string; sources?: readonly string[] }) {
  const { filter, isFiltered, choose } = useFilter(['source', 'verdict'])
  const asked = { ...filter, ...(source !== undefined && { source }) }
  const list = useList(['receipts', null, asked], posthorn.receipts.list(asked as ReceiptFilter))
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="mr-auto max-sm:w-full">Receipts</h2>
        {sources !== undefined && sources.length > 1 && <FilterChoice label="Source" every="Every source" choices={sources} value={filter.source} onChoose={(chosen) => choose({ source: chosen })} />}
        <FilterChoice label="Verdict" every="Every verdict" choices={verdicts} value={filter.verdict} onChoose={(verdict) => choose({ verdict })} />
      </div>
      <ListTable list={list} label="Receipts" head={<><th>Request</th><th className="max-md:hidden">Answered</th><th className="max-md:hidden">Events</th><th className="max-sm:hidden">Time</th><th>Verdict</th></>}
        row={(receipt) => <ReceiptRow key={receipt.id} receipt={receipt} />}
        empty={isFiltered ? <Empty title="Nothing fits">No request of this source and verdict is kept.</Empty> : <Empty title="Nothing has come in yet">Paste a source's URL at its provider and let it send a test. What is refused shows here too, with the reason.</Empty>} />
    </>
  )
}

function ReceiptRow({ receipt: { id, source, type, method, reason, unassigned, status, eventCount, receivedAt, verdict } }: { receipt: Receipt }) {
  return (
    <tr>
      <td className="w-full max-w-0">
        <Link data-row to={`/receipts/${encodeURIComponent(id)}`} className="block truncate"><span className="font-medium">{type ?? `${method} without a type`}</span> <span className="text-faint">from {source}</span></Link>
        {reason !== null && <p className="truncate text-bad">{reason}</p>}
        {unassigned && <Badge look="wait">nobody's yet</Badge>}
      </td>
      <td className="tabular-nums text-faint max-md:hidden">{status}</td>
      <td className="tabular-nums text-faint max-md:hidden">{eventCount}</td>
      <td className="text-faint max-sm:hidden"><Instant at={receivedAt} /></td>
      <td><StateBadge state={verdict} /></td>
    </tr>
  )
}
