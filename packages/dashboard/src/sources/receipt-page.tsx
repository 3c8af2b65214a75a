import { Link, useParams } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { JsonPayload, Payload } from '../pieces/payload.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'

/** One inbound request as it arrived, why it was refused, and what it became. */
export function ReceiptPage() {
  const { receipt: id = '' } = useParams({ strict: false })
  const { data: receipt, error } = useOne(['receipts', null, id], () => posthorn.receipts.get(id))
  const again = useChange((_given: void) => posthorn.receipts.replay(id))
  if (error && receipt === undefined) return <ProblemNote error={error} />
  if (receipt === undefined) return <Loading />
  return (
    <>
      <PageHead title={`${receipt.source}: ${receipt.type ?? receipt.method}`} about={<span className="flex flex-wrap items-center gap-2"><StateBadge state={receipt.verdict} /><Instant at={receipt.receivedAt} /><span>answered {receipt.status}</span><span className="mono break-all">{receipt.id}</span></span>}
        actions={receipt.verdict === 'refused' && receipt.body !== 'not_kept' && <Button data-replay look="primary" disabled={again.isPending} onClick={() => again.mutate()}>Verify again</Button>} />
      {receipt.reason !== null && <p role="note" className="mb-5 rounded-lg bg-bad-paper px-4 py-3 text-bad">{receipt.reason} Once the source's secret is right, verify it again: its events are then made.</p>}
      <div className="mb-4 empty:hidden"><ProblemNote error={again.error} /></div>
      {receipt.events.length > 0 && (
        <section className="card mb-5 overflow-hidden" aria-label="Events"><h2 className="border-b border-line px-4 py-3">What it became</h2>
          <table className="list"><tbody>{receipt.events.map((event) => <tr key={`${event.organizationId} ${event.id}`}><td className="w-full"><Link data-row to={`/organizations/${encodeURIComponent(event.organizationId)}/events/${encodeURIComponent(event.id)}`} className="font-medium break-all">{event.type}</Link></td><td className="text-faint">{event.organizationId}</td></tr>)}</tbody></table>
        </section>
      )}
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <section className="card min-w-0 p-3" aria-label="Headers"><h2 className="mb-2 px-1">{receipt.method} {receipt.url}</h2><Payload text={receipt.headers.map(([name, value]) => `${name}: ${value}`).join('\n')} label="Headers" /></section>
        <section className="card min-w-0 p-3" aria-label="Body"><h2 className="mb-2 px-1">Body, {receipt.bodyBytes.toLocaleString()} bytes{receipt.content.encoding === 'base64' && ', shown in base64'}</h2><JsonPayload text={receipt.content.data} label="Body" /></section>
      </div>
    </>
  )
}
