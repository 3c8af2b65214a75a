import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { NewSourceDialog } from './new-source-dialog.js'
import type { ReceiptFilter } from '@posthorn/client'

const verdicts = ['accepted', 'duplicate', 'refused', 'handshake'] as const

/** Where webhooks come in, and every request that came, accepted or refused. */
export function SourcesPage() {
  const { source, verdict } = useSearch({ strict: false }) as { source?: string; verdict?: string }
  const navigate = useNavigate()
  const sources = useList(['sources'], posthorn.sources.list())
  const receipts = useList(['receipts', null, { source, verdict }], posthorn.receipts.list({ source, verdict } as ReceiptFilter))
  const [isMaking, setIsMaking] = useState(false)
  const choose = (changed: Record<string, string>) => void navigate({ to: '.', replace: true, search: Object.fromEntries(Object.entries({ source, verdict, ...changed }).filter(([, value]) => value)) as never })
  const create = <Button look="primary" onClick={() => setIsMaking(true)}>Add a source</Button>
  if (sources.error) return <ProblemNote error={sources.error} />
  return (
    <>
      <PageHead title="Sources" about="Where webhooks of providers come in. Each request is verified, kept as a receipt, and becomes events." actions={sources.items !== undefined && sources.items.length > 0 && create} />
      <section className="card mb-5 overflow-hidden" aria-label="Sources">
        {sources.items === undefined ? <Loading /> : sources.items.length === 0 ? <Empty title="No source yet" action={create}>Add Stripe, Shopify or any other provider: you get a URL to paste there. Setting STRIPE_WEBHOOK_SECRET and the like makes sources, too.</Empty> : (
          <table className="list">
            <thead><tr><th>Name</th><th>URL to paste at the provider</th><th className="max-md:hidden">Secrets</th><th className="max-sm:hidden">State</th></tr></thead>
            <tbody>{sources.items.map((one) => (
              <tr key={one.id}>
                <td><span className="font-medium">{one.name}</span><p className="text-faint">{one.provider}{one.managed && ', a setting'}</p></td>
                <td><div className="flex flex-wrap items-center gap-2"><code className="break-all">{one.url.startsWith('/') ? location.origin + one.url : one.url}</code><CopyButton text={one.url.startsWith('/') ? location.origin + one.url : one.url} /></div></td>
                <td className="mono text-faint max-md:hidden">{one.secretHints.join(' ')}</td>
                <td className="max-sm:hidden"><StateBadge state={one.state} /></td>
              </tr>
            ))}</tbody>
          </table>
        )}
      </section>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="mr-auto max-sm:w-full">Receipts</h2>
        <select className="control max-sm:flex-1" aria-label="Source" value={source ?? ''} onChange={(event) => choose({ source: event.target.value })}><option value="">Every source</option>{sources.items?.map(({ name }) => <option key={name}>{name}</option>)}</select>
        <select className="control max-sm:flex-1" aria-label="Verdict" value={verdict ?? ''} onChange={(event) => choose({ verdict: event.target.value })}><option value="">Every verdict</option>{verdicts.map((name) => <option key={name}>{name}</option>)}</select>
      </div>
      <div className="card overflow-hidden">
        {receipts.items === undefined ? !receipts.error && <Loading /> : receipts.items.length === 0 ? <Empty title="Nothing has come in yet">Paste a source's URL at its provider and let it send a test. What is refused shows here too, with the reason.</Empty> : (
          <table className="list">
            <thead><tr><th>Request</th><th className="max-md:hidden">Answered</th><th>Time</th><th>Verdict</th></tr></thead>
            <tbody>{receipts.items.map((receipt) => (
              <tr key={receipt.id}>
                <td className="w-full max-w-0"><Link data-row to={`/receipts/${receipt.id}`} className="block truncate font-medium">{receipt.source}: {receipt.type ?? receipt.method}</Link>{receipt.reason !== null && <p className="truncate text-bad">{receipt.reason}</p>}{receipt.unassigned && <Badge look="wait">unassigned</Badge>}</td>
                <td className="tabular-nums text-faint max-md:hidden">{receipt.status}</td><td className="text-faint"><Instant at={receipt.receivedAt} /></td><td><StateBadge state={receipt.verdict} /></td>
              </tr>
            ))}</tbody>
          </table>
        )}
        <More {...receipts} />
      </div>
      <NewSourceDialog isOpen={isMaking} onClose={() => setIsMaking(false)} />
    </>
  )
}
