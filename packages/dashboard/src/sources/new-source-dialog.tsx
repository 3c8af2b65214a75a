import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Dialog } from '../pieces/dialog.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { providers, type Provider } from './providers.js'
import type { Source } from '@posthorn/client'

/** Adds a source, and says what to do at the provider. */
export function NewSourceDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [provider, setProvider] = useState<Provider>(providers[0])
  const [name, setName] = useState<string>(providers[0].scheme)
  const [secret, setSecret] = useState('')
  const [made, setMade] = useState<Source>()
  const create = useChange((_given: void) => posthorn.sources.create({ name, provider: provider.scheme, ...(provider.option === undefined ? { secrets: [secret.trim()] } : { [provider.option]: secret.trim() }) }), { after: setMade })
  const url = made === undefined ? `${location.origin}/webhooks/${name}` : made.url.startsWith('/') ? location.origin + made.url : made.url
  function close() {
    setMade(undefined)
    setSecret('')
    create.reset()
    onClose()
  }
  return (
    <Dialog title={made === undefined ? 'Add a source' : `${made.name} is ready`} isOpen={isOpen} onClose={close}>
      {made === undefined ? (
        <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
          <Field label="Provider">{(control) => <select {...control} className="control" value={provider.scheme} onChange={(event) => { const chosen = providers.find(({ scheme }) => scheme === event.target.value) ?? providers[0]; setProvider(chosen); setName(chosen.scheme) }}>{providers.map(({ scheme, title }) => <option key={scheme} value={scheme}>{title}</option>)}</select>}</Field>
          <Field label="Name" hint={`The URL will be ${url}`}>{(control) => <input {...control} className="control mono" value={name} pattern="[A-Za-z0-9_\-]{1,64}" required onChange={(event) => setName(event.target.value)} />}</Field>
          <Field label={provider.secret} hint={provider.where}>{(control) => <input {...control} className="control mono" type="password" autoComplete="off" required value={secret} onChange={(event) => setSecret(event.target.value)} />}</Field>
          <ProblemNote error={create.error} />
          <div className="flex justify-end gap-2"><Button onClick={close}>Not now</Button><Button type="submit" look="primary" disabled={create.isPending}>Add source</Button></div>
        </form>
      ) : (
        <>
          <p>Paste this URL at {provider.title}:</p>
          <div className="flex flex-wrap items-center gap-2"><code className="payload min-w-0 flex-1 py-2!">{url}</code><CopyButton text={url} /></div>
          <p className="text-faint">Then let it send a test. The request shows under Receipts with its verdict, and the reason if it is refused.</p>
          <div className="flex justify-end"><Button look="primary" onClick={close}>Done</Button></div>
        </>
      )}
    </Dialog>
  )
}
