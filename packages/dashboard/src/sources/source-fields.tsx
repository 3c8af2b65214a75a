import { useQuery } from '@tanstack/react-query'
import { Field } from '../pieces/field.js'
import { useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { posthorn } from '../server/posthorn.js'
import type { Provider } from './providers.js'
import type { NewSource } from '@posthorn/client'

/** What is asked of a source whoever makes or changes it. Secrets are never shown again, so a change may leave them out. */
export interface SourceDraft { secret: string; organizationId: string; publicUrl: string; verifyToken: string }

export const emptySource: SourceDraft = { secret: '', organizationId: '', publicUrl: '', verifyToken: '' }

export function SourceFields({ provider, draft, onChange, isNew }: { provider: Provider; draft: SourceDraft; onChange: (changed: Partial<SourceDraft>) => void; isNew: boolean }) {
  const organizations = useOrganizations(useSession().data) ?? []
  const set = (name: keyof SourceDraft) => (event: { target: { value: string } }) => onChange({ [name]: event.target.value })
  return (
    <>
      <Field label={provider.secret} hint={isNew ? provider.option === undefined && 'More than one, separated by spaces, while one is being changed.' : 'Empty: it stays. While it is changed at the provider, give the new one and the old one, separated by a space.'}>
        {(control) => <input {...control} className="control mono" type="password" autoComplete="off" required={isNew} value={draft.secret} onChange={set('secret')} />}
      </Field>
      {provider.asksForToken && <Field label="Verify token" hint="Made up by you; the provider is told it too.">{(control) => <input {...control} className="control mono" value={draft.verifyToken} onChange={set('verifyToken')} />}</Field>}
      {provider.signsUrl && <Field label="URL as the provider was given it" hint="It is signed. Empty: the public URL of this server.">{(control) => <input {...control} className="control mono" type="url" value={draft.publicUrl} onChange={set('publicUrl')} />}</Field>}
      <Field label="Organization" hint="Whose its events are. Left open, each event says so itself, where the provider's account is linked to an organization.">
        {(control) => <select {...control} className="control" value={draft.organizationId} onChange={set('organizationId')}><option value="">as each event says</option>{organizations.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>}
      </Field>
    </>
  )
}

/** The draft as the API takes it. */
export function bodyOf({ secret, organizationId, publicUrl, verifyToken }: SourceDraft, provider: Provider): Omit<NewSource, 'name' | 'provider'> {
  const secrets = secret.trim().split(/\s+/).filter((one) => one !== '')
  return {
    ...(secrets.length > 0 && (provider.option === undefined ? { secrets } : { [provider.option]: secret.trim() })),
    organizationId: organizationId || null,
    ...(provider.signsUrl && { publicUrl: publicUrl.trim() || null }),
    ...(provider.asksForToken && verifyToken !== '' && { verifyToken }),
  }
}

export function useSource(name: string) {
  return useQuery({ queryKey: ['sources', name], queryFn: () => posthorn.sources.get(name) })
}
