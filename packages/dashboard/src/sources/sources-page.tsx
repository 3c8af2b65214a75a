import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { ListTable } from '../pieces/list-table.js'
import { PageHead } from '../pieces/page-head.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { NewSourceDialog } from './new-source-dialog.js'
import { providerOf } from './providers.js'
import { ReceiptsList } from './receipts-list.js'
import { urlOf } from './source-url.js'
import type { Source } from '@posthorn/client'

/** Where webhooks come in, and every request that came, accepted or refused. */
export function SourcesPage() {
  const sources = useList(['sources'], posthorn.sources.list())
  const [isMaking, setIsMaking] = useState(false)
  const create = <Button look="primary" onClick={() => setIsMaking(true)}><Plus size={15} aria-hidden />Add a source</Button>
  return (
    <>
      <PageHead title="Sources" about="Where webhooks of providers come in. Each request is verified, kept as a receipt, and becomes events." actions={sources.items !== undefined && sources.items.length > 0 && create} />
      <div className="mb-6">
        <ListTable list={sources} label="Sources" head={<><th>Name</th><th className="max-sm:hidden">URL to paste at the provider</th><th className="max-md:hidden">Secrets</th><th>State</th></>}
          row={(source) => <SourceRow key={source.id} source={source} />}
          empty={<Empty title="No source yet" action={create}>Add Stripe, Shopify or any other provider: you get a URL to paste there. Setting STRIPE_WEBHOOK_SECRET and the like makes sources, too.</Empty>} />
      </div>
      <ReceiptsList sources={sources.items?.map(({ name }) => name) ?? []} />
      <NewSourceDialog isOpen={isMaking} onClose={() => setIsMaking(false)} />
    </>
  )
}

function SourceRow({ source }: { source: Source }) {
  const url = urlOf(source)
  return (
    <tr>
      <td><Link data-row to={`/sources/${encodeURIComponent(source.name)}`} className="font-medium whitespace-nowrap">{source.name}</Link><p className="whitespace-nowrap text-faint">{providerOf(source.provider).title}{source.managed && ', a setting'}</p></td>
      <td className="w-full max-w-0 max-sm:hidden"><div className="flex items-center gap-2"><code className="min-w-0 truncate" title={url}>{url}</code><CopyButton text={url} isQuiet /></div></td>
      <td className="mono whitespace-nowrap text-faint max-md:hidden">{source.secretHints.join(' ')}</td>
      <td><StateBadge state={source.state} /></td>
    </tr>
  )
}
