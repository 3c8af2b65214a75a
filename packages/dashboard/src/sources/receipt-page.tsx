import { Link, useParams } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { JsonPayload, Payload } from '../pieces/payload.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import { GiveToOrganization } from './give-to-organization.js'
import type { ReceiptWithBytes } from '@posthorn/client'

/** One inbound request as it arrived, why it was refused, and what it became. */
export function ReceiptPage() {
  const { receipt: id = '' } = useParams({ strict: false })
  const { data: receipt, error } = useOne(['receipts', null, id], () => posthorn.receipts.get(id))
  const again = useChange((_given: void) => posthorn.receipts.replay(id))
  if (receipt === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  const { source, type, method, verdict, receivedAt, status, body, reason, unassigned, events } = receipt
  return (
    <>
      <PageHead title={`${source}: ${type ?? method}`}
        about={<span className="flex flex-wrap items-center gap-2"><StateBadge state={verdict} /><Instant at={receivedAt} /><span>answered {status}</span><span className="mono break-all">{id}</span></span>}
        actions={verdict === 'refused' && body !== 'not_kept' && <Button data-replay look="primary" disabled={again.isPending} onClick={() => again.mutate()}>Verify again</Button>} />
      {reason !== null && <p role="note" className="mb-5 rounded-lg bg-bad-paper px-4 py-3 text-bad">{reason} Once the <Link className="underline" to={`/sources/${encodeURIComponent(source)}`}>source's secret</Link> is right, verify it again: its events are then made.</p>}
      <div className="mb-4 empty:hidden"><ProblemNote error={again.error} /></div>
      {unassigned && <GiveToOrganization receipt={id} />}
      {body === 'too_large_to_send' && <p role="note" className="mb-5 rounded-lg bg-wait-paper px-4 py-3 text-wait">It is larger than an event may be: it is kept and shown here, and not sent on.</p>}
      {events.length > 0 && <Became events={events} />}
      <Bytes receipt={receipt} />
    </>
  )
}

function Became({ events }: { events: ReceiptWithBytes['events'] }) {
  return (
    <section className="card mb-5 overflow-hidden" aria-label="Events">
      <h2 className="card-head">What it became</h2>
      <table className="list"><tbody>{events.map(({ id, type, organizationId }) => (
        <tr key={`${organizationId} ${id}`}>
          <td className="w-full"><Link data-row to={placeIn(organizationId, 'events', id)} className="font-medium break-all">{type}</Link></td>
          <td className="text-faint whitespace-nowrap">{organizationId}</td>
        </tr>
      ))}</tbody></table>
    </section>
  )
}

function Bytes({ receipt: { method, url, headers, bodyBytes, content } }: { receipt: ReceiptWithBytes }) {
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <section className="card" aria-label="Headers"><h2 className="card-head break-all">{method} {url}</h2><div className="p-3"><Payload text={headers.map(([name, value]) => `${name}: ${value}`).join('\n')} label="Headers" /></div></section>
      <section className="card" aria-label="Body"><h2 className="card-head">Body, {bodyBytes.toLocaleString()} bytes{content.encoding === 'base64' && ', shown in base64'}</h2><div className="p-3"><JsonPayload text={content.data} label="Body" /></div></section>
    </div>
  )
}
