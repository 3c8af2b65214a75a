import { useState } from 'react'
import { retryPolicies } from '../endpoints/choices.js'
import { Names } from '../endpoints/retry-policy-field.js'
import { FormatChoice } from '../formats/format-choice.js'
import { Button } from '../pieces/button.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import type { Organization, OrganizationChanges } from '@posthorn/client'

export const catalogNames = ['bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'commerce-gateway']

/** The ways of an organization: what its endpoints follow unless they say otherwise. */
export function OrganizationForm({ organization, mayChange }: { organization: Organization; mayChange: boolean }) {
  const [draft, setDraft] = useState({ name: organization.name, catalog: organization.catalog ?? '', format: organization.format, retryPolicy: typeof organization.retryPolicy === 'string' ? organization.retryPolicy : '', eventTypePolicy: organization.eventTypePolicy, webhookUrl: organization.webhookUrl ?? '' })
  const save = useChange((_given: void) => posthorn.organizations.update(organization.id, { name: draft.name, catalog: draft.catalog || null, format: draft.format, eventTypePolicy: draft.eventTypePolicy, webhookUrl: draft.webhookUrl.trim() || null, ...(draft.retryPolicy !== '' && { retryPolicy: draft.retryPolicy }),
  } as OrganizationChanges))
  const set = (name: keyof typeof draft) => (event: { target: { value: string } }) => setDraft({ ...draft, [name]: event.target.value })
  return (
    <form className="card" aria-label="Organization" onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
      <h2 className="border-b border-line px-4 py-3">Organization <span className="mono ml-1 font-normal text-faint">{organization.id}</span></h2>
      <fieldset disabled={!mayChange} className="grid gap-4 p-4 sm:grid-cols-2">
        <Field label="Name">{(control) => <input {...control} className="control" required value={draft.name} onChange={set('name')} />}</Field>
        <Field label="Catalog" hint="Its event types and samples.">{(control) => <select {...control} className="control" value={draft.catalog} onChange={set('catalog')}><option value="">none: every type is accepted</option>{catalogNames.map((name) => <option key={name}>{name}</option>)}</select>}</Field>
        <FormatChoice organization={organization.id} label="Format" hint="Of its endpoints, unless they have their own." value={draft.format} onChange={(format) => setDraft({ ...draft, format })} />
        <Field label="Retry policy" hint="Likewise.">{(control) => <select {...control} className="control" value={draft.retryPolicy} onChange={set('retryPolicy')}>{typeof organization.retryPolicy !== 'string' && <option value="">its own schedule</option>}<Names of={retryPolicies} /></select>}</Field>
        <Field label="Types that the catalog does not list">{(control) => <select {...control} className="control" value={draft.eventTypePolicy} onChange={set('eventTypePolicy')}><option value="off">accept</option><option value="warn">accept with a warning</option><option value="reject">refuse</option></select>}</Field>
        <Field label="webhookUrl" hint="Where the federation's events go; empty: nowhere.">{(control) => <input {...control} className="control mono" value={draft.webhookUrl} onChange={set('webhookUrl')} spellCheck={false} />}</Field>
        <div className="flex flex-wrap items-center gap-3 sm:col-span-2"><Button type="submit" look="primary" disabled={save.isPending}>Save</Button><p role="status" className="text-good">{save.isSuccess ? 'Saved.' : ''}</p>{!mayChange && <p className="text-faint">Only the admin key changes these.</p>}<ProblemNote error={save.error} /></div>
      </fieldset>
    </form>
  )
}
