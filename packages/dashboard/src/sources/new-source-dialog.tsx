import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { providerOf, providers } from './providers.js'
import { bodyOf, emptySource, SourceFields } from './source-fields.js'
import { ProviderSteps } from './source-url.js'
import type { Source } from '@posthorn/client'

/** Adds a source, and says what to do at the provider. */
export function NewSourceDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Source>()
  const close = () => {
    setMade(undefined)
    onClose()
  }
  return (
    <Dialog title={made === undefined ? 'Add a source' : `${made.name} is ready`} isOpen={isOpen} onClose={close}>
      {made === undefined ? <NewSourceForm onMade={setMade} onClose={close} /> : (
        <>
          <ProviderSteps source={made} />
          <p className="text-faint">Then let it send a test. The request shows under Receipts with its verdict, and the reason if it is refused.</p>
          <div className="flex justify-end"><Button look="primary" onClick={close}>Done</Button></div>
        </>
      )}
    </Dialog>
  )
}

function NewSourceForm({ onMade, onClose }: { onMade: (source: Source) => void; onClose: () => void }) {
  const [provider, setProvider] = useState(providers[0])
  const [name, setName] = useState<string>(provider.scheme)
  const [draft, setDraft] = useState(emptySource)
  const create = useChange((_given: void) => posthorn.sources.create({ name, provider: provider.scheme, ...bodyOf(draft, provider) }), { after: onMade })
  const choose = (scheme: string) => {
    setProvider(providerOf(scheme))
    setName(scheme)
  }
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
      <Field label="Provider">{(control) => <select {...control} className="control" value={provider.scheme} onChange={(event) => choose(event.target.value)}>{providers.map(({ scheme, title }) => <option key={scheme} value={scheme}>{title}</option>)}</select>}</Field>
      <Field label="Name" hint={`The URL will be ${location.origin}/webhooks/${name}`}>{(control) => <input {...control} className="control mono" value={name} pattern="[A-Za-z0-9_\-]{1,64}" required onChange={(event) => setName(event.target.value)} />}</Field>
      <SourceFields provider={provider} draft={draft} onChange={(changed) => setDraft({ ...draft, ...changed })} isNew />
      <ProblemNote error={create.error} />
      <div className="flex justify-end gap-2"><Button onClick={onClose}>Not now</Button><Button type="submit" look="primary" disabled={create.isPending}>Add source</Button></div>
    </form>
  )
}
