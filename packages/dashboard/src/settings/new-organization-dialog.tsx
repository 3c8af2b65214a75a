import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { Field } from '../pieces/field.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { catalogNames } from './organization-form.js'
import type { NewOrganization } from '@posthorn/client'

export function NewOrganizationDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [id, setId] = useState('')
  const [catalog, setCatalog] = useState('')
  const create = useChange((_given: void) => posthorn.organizations.create({ name, ...(id !== '' && { id }), catalog: (catalog || null) as NonNullable<NewOrganization['catalog']> | null }), {
    after: (made) => {
      onClose()
      return navigate({ to: placeIn(made.id, 'endpoints') })
    },
  })
  return (
    <Dialog title="New organization" isOpen={isOpen} onClose={onClose}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
        <Field label="Name">{(control) => <input {...control} className="control" required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label="Id" hint="As your application calls it; empty: one is made.">{(control) => <input {...control} className="control mono" value={id} onChange={(event) => setId(event.target.value)} spellCheck={false} />}</Field>
        <Field label="Catalog" hint="The event types it sends, with their format and retries.">{(control) => <select {...control} className="control" value={catalog} onChange={(event) => setCatalog(event.target.value)}><option value="">none: every type is accepted</option>{catalogNames.map((choice) => <option key={choice}>{choice}</option>)}</select>}</Field>
        <ProblemNote error={create.error} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>Not now</Button><Button type="submit" look="primary" disabled={create.isPending}>Make organization</Button></div>
      </form>
    </Dialog>
  )
}
