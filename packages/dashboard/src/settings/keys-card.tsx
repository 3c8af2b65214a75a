import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Dialog } from '../pieces/dialog.js'
import { Field } from '../pieces/field.js'
import { Instant } from '../pieces/instant.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { useList } from '../server/reading.js'
import type { ApiKey, Scope } from '@posthorn/client'

const scopes = [['events:publish', 'Publish events'], ['webhooks:read', 'Read endpoints, events and deliveries'], ['webhooks:manage', 'Change endpoints, replay, make keys']] as const

/** Keys of an organization: made, shown once, revoked. */
export function KeysCard({ organization, mayGiveAdmin }: { organization: string; mayGiveAdmin: boolean }) {
  const list = useList(['keys', organization], posthorn.keys.list(organization))
  const [isMaking, setIsMaking] = useState(false)
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Scope[]>(['events:publish'])
  const create = useChange((_given: void) => posthorn.keys.create(organization, { name, scopes: chosen }))
  const [revoking, setRevoking] = useState<ApiKey>()
  const revoke = useChange((id: string) => posthorn.keys.revoke(organization, id), { after: () => setRevoking(undefined) })
  const offered = mayGiveAdmin ? [...scopes, ['admin', 'Everything in this organization'] as const] : scopes
  const close = () => {
    setIsMaking(false)
    setName('')
    create.reset()
  }
  return (
    <section className="card overflow-hidden" aria-label="API keys">
      <div className="flex items-center justify-between border-b border-line px-4 py-2.5"><h2>API keys</h2><Button onClick={() => setIsMaking(true)}>New key</Button></div>
      {list.error ? <div className="p-4"><ProblemNote error={list.error} /></div> : list.items?.length === 0 ? <p className="px-4 py-5 text-faint">None yet. Give each application a key of its own, with no more scopes than it needs.</p> : (
        <table className="list"><tbody>{list.items?.map((key) => (
          <tr key={key.id}><td className="w-full"><span className="font-medium break-words">{key.name}</span> <span className="mono text-faint">{key.hint}</span><p className="text-faint">{key.scopes.join(', ')}{key.expiresAt !== null && <>, until <Instant at={key.expiresAt} /></>}</p></td><td><Button look="quiet" onClick={() => setRevoking(key)}>Revoke</Button></td></tr>
        ))}</tbody></table>
      )}
      <Dialog title={create.data === undefined ? 'New API key' : 'Copy the key now'} isOpen={isMaking} onClose={close}>
        {create.data?.key === undefined ? (
          <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
            <Field label="Name" hint="Which application uses it.">{(control) => <input {...control} className="control" required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
            <fieldset className="flex flex-col gap-2"><legend className="mb-1.5 font-medium">Scopes</legend>{offered.map(([scope, about]) => <label key={scope} className="flex gap-2.5"><input type="checkbox" className="accent-(--accent)" checked={chosen.includes(scope)} onChange={() => setChosen(chosen.includes(scope) ? chosen.filter((other) => other !== scope) : [...chosen, scope])} /><span><span className="mono">{scope}</span> <span className="text-faint">{about}</span></span></label>)}</fieldset>
            <ProblemNote error={create.error} />
            <div className="flex justify-end gap-2"><Button onClick={close}>Not now</Button><Button type="submit" look="primary" disabled={create.isPending || chosen.length === 0}>Make key</Button></div>
          </form>
        ) : (
          <>
            <p>It is shown this once; only its hash is kept.</p>
            <code className="payload" aria-label="Key">{create.data.key}</code>
            <div className="flex justify-end gap-2"><CopyButton text={create.data.key} /><Button look="primary" onClick={close}>Done</Button></div>
          </>
        )}
      </Dialog>
      <Dialog title={`Revoke ${revoking?.name ?? ''}?`} isOpen={revoking !== undefined} onClose={() => setRevoking(undefined)}>
        <p>Whatever uses it is refused from then on.</p>
        <ProblemNote error={revoke.error} />
        <div className="flex justify-end gap-2"><Button onClick={() => setRevoking(undefined)}>Keep it</Button><Button look="danger" onClick={() => { if (revoking !== undefined) revoke.mutate(revoking.id) }}>Revoke key</Button></div>
      </Dialog>
    </section>
  )
}
