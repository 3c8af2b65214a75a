import { useQuery } from '@tanstack/react-query'
import { Field } from '../pieces/field.js'
import { useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { posthorn } from '../server/posthorn.js'
import { OptionInputs } from './option-inputs.js'
import { askedOptionsOf, optionsOf, rareOptionsOf, type OptionsDraft } from './source-options.js'
import type { Provider } from './providers.js'
import type { NewSource } from '@posthorn/client'

/** What is asked of a source whoever makes or changes it. Secrets are never shown again, so a change may leave them out. */
export interface SourceDraft { secret: string; organizationId: string; verifyToken: string; options: OptionsDraft }

export const emptySource: SourceDraft = { secret: '', organizationId: '', verifyToken: '', options: {} }

export function SourceFields({ provider, draft, onChange, isNew }: { provider: Provider; draft: SourceDraft; onChange: (changed: Partial<SourceDraft>) => void; isNew: boolean }) {
  const organizations = useOrganizations(useSession().data) ?? []
  const rare = rareOptionsOf(provider.scheme)
  const setOptions = (changed: OptionsDraft) => onChange({ options: { ...draft.options, ...changed } })
  const set = (name: Exclude<keyof SourceDraft, 'options'>) => (event: { target: { value: string } }) => onChange({ [name]: event.target.value })
  return (
    <>
      <Field label={provider.secret} hint={isNew ? provider.option === undefined && 'More than one, separated by spaces, while one is being changed.' : 'Empty: it stays. While it is changed at the provider, give the new one and the old one, separated by a space.'}>
        {(control) => <input {...control} className="control mono" type="password" autoComplete="off" required={isNew} value={draft.secret} onChange={set('secret')} />}
      </Field>
      {provider.asksForToken && <Field label="Verify token" hint="Made up by you; the provider is told it too.">{(control) => <input {...control} className="control mono" value={draft.verifyToken} onChange={set('verifyToken')} />}</Field>}
      <OptionInputs fields={askedOptionsOf(provider.scheme)} draft={draft.options} onChange={setOptions} />
      <Field label="Organization" hint="Whose its events are. Left open, each event says so itself, where the provider's account is linked to an organization.">
        {(control) => <select {...control} className="control" value={draft.organizationId} onChange={set('organizationId')}><option value="">as each event says</option>{organizations.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>}
      </Field>
      <details className="rounded-lg border border-line" open={!isNew && rare.some(({ name }) => Boolean(draft.options[name]))}>
        <summary className="px-3.5 py-2.5 font-medium">More settings</summary>
        <div className="flex flex-col gap-4 border-t border-line p-3.5"><OptionInputs fields={rare} draft={draft.options} onChange={setOptions} /></div>
      </details>
    </>
  )
}

/** The draft as the API takes it. */
export function bodyOf({ secret, organizationId, verifyToken, options }: SourceDraft, provider: Provider): Omit<NewSource, 'name' | 'provider'> {
  const secrets = secret.trim().split(/\s+/).filter((one) => one !== '')
  return {
    ...(secrets.length > 0 && (provider.option === undefined ? { secrets } : { [provider.option]: secret.trim() })),
    organizationId: organizationId || null,
    ...optionsOf(options, provider.scheme),
    ...(provider.asksForToken && verifyToken !== '' && { verifyToken }),
  }
}

export function useSource(name: string) {
  return useQuery({ queryKey: ['sources', name], queryFn: () => posthorn.sources.get(name) })
}
