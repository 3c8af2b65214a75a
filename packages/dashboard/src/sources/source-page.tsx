import { useNavigate, useParams } from '@tanstack/react-router'
import { Pause, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { ConfirmDialog } from '../pieces/confirm-dialog.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { providerOf } from './providers.js'
import { ReceiptsList } from './receipts-list.js'
import { bodyOf, SourceFields, useSource } from './source-fields.js'
import { optionsDraftOf } from './source-options.js'
import { ProviderSteps } from './source-url.js'
import type { Source } from '@posthorn/client'

/** One source: what to do at the provider, its settings, and what it sent. */
export function SourcePage() {
  const { source: name = '' } = useParams({ strict: false })
  const { data: source, error } = useSource(name)
  if (source === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  return (
    <>
      <SourceHead source={source} />
      <div className="mb-6 grid items-start gap-5 xl:grid-cols-2">
        <section className="card" aria-label="At the provider"><h2 className="card-head">At {providerOf(source.provider).title}</h2><div className="flex flex-col gap-3 p-4"><ProviderSteps source={source} /></div></section>
        {source.managed ? <section className="card p-4 text-faint">A setting of the server is this source: change it in the environment and start again.</section> : <SourceSettings key={source.updatedAt} source={source} />}
      </div>
      <ReceiptsList source={name} />
    </>
  )
}

function SourceHead({ source: { name, provider, state, managed } }: { source: Source }) {
  const navigate = useNavigate()
  const move = useChange((wanted: 'enabled' | 'paused') => posthorn.sources.update(name, { state: wanted }))
  const remove = useChange((_given: void) => posthorn.sources.delete(name), { after: () => navigate({ to: '/sources' }) })
  const [isRemoving, setIsRemoving] = useState(false)
  return (
    <>
      <PageHead title={name} about={<span className="flex items-center gap-2"><StateBadge state={state} />{providerOf(provider).title}{managed && <Badge>a setting</Badge>}</span>} actions={!managed && (
        <>
          {state === 'enabled' ? <Button disabled={move.isPending} onClick={() => move.mutate('paused')}><Pause size={15} aria-hidden />Pause</Button> : <Button look="primary" disabled={move.isPending} onClick={() => move.mutate('enabled')}><Play size={15} aria-hidden />Resume</Button>}
          <Button look="danger" onClick={() => setIsRemoving(true)}><Trash2 size={15} aria-hidden />Delete</Button>
        </>
      )} />
      <div className="mb-4 empty:hidden"><ProblemNote error={move.error} /></div>
      <ConfirmDialog title="Delete this source?" action="Delete source" isOpen={isRemoving} change={remove} onClose={() => setIsRemoving(false)}>What its provider sends from then on is answered 404. Receipts stay until their time is over.</ConfirmDialog>
    </>
  )
}

function SourceSettings({ source }: { source: Source }) {
  const provider = providerOf(source.provider)
  const [draft, setDraft] = useState({ secret: '', organizationId: source.organizationId ?? '', verifyToken: '', options: optionsDraftOf(source) })
  const save = useChange((_given: void) => posthorn.sources.update(source.name, bodyOf(draft, provider)))
  return (
    <form className="card" aria-label="Settings" onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
      <div className="card-head"><h2>Settings</h2>{source.secretHints.length > 0 && <span className="mono text-faint">{source.secretHints.join(' ')}</span>}</div>
      <div className="flex flex-col gap-4 p-4">
        <SourceFields provider={provider} draft={draft} onChange={(changed) => setDraft({ ...draft, ...changed })} isNew={false} />
        <ProblemNote error={save.error} />
        <div><Button type="submit" look="primary" disabled={save.isPending}>Save</Button></div>
      </div>
    </form>
  )
}
