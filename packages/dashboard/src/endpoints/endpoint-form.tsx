import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { FormatChoice } from '../formats/format-choice.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import { draftOf, type EndpointDraft } from './draft.js'
import { EventTypesChoice } from './event-types-choice.js'
import { HeadersField } from './headers-field.js'
import { Preview } from './preview.js'
import { RetryPolicyField } from './retry-policy-field.js'
import { UrlField, useJudgement } from './url-field.js'
import type { Endpoint } from '@posthorn/client'

/** Makes or changes an endpoint. */
export function EndpointForm({ organization, before, error, isBusy, onSubmit, submitLabel }: { organization: string; before?: Endpoint; error: unknown; isBusy: boolean; onSubmit: (draft: EndpointDraft) => void; submitLabel: string }) {
  const [draft, setDraft] = useState(() => draftOf(before))
  const change = (changed: Partial<EndpointDraft>) => setDraft({ ...draft, ...changed })
  const { data: owner } = useOne(['organizations', organization, 'one'], () => posthorn.organizations.get(organization))
  const judgement = useJudgement(organization, draft.url)
  const isManaged = before !== undefined && before.managed !== null
  const isRefused = judgement?.isAccepted === false && draft.url !== before?.url
  return (
    <form className="flex max-w-3xl flex-col gap-5" onSubmit={(event) => { event.preventDefault(); onSubmit(draft) }}>
      <section className="card flex flex-col gap-4 p-5">
        <UrlField organization={organization} url={draft.url} onChange={(url) => change({ url })} judgement={judgement} isNew={before === undefined} isManaged={isManaged} />
        <Field label="Description" hint="For people: whose it is, what it does.">{(control) => <input {...control} className="control" value={draft.description} maxLength={1000} onChange={(event) => change({ description: event.target.value })} />}</Field>
      </section>
      {!isManaged && <EventTypesChoice organization={organization} chosen={draft.eventTypes} onChoose={(eventTypes) => change({ eventTypes })} />}
      <MoreSettings organization={organization} draft={draft} onChange={change} isOpen={before !== undefined} />
      <Preview organization={organization} draft={draft} organizationFormat={owner?.format} />
      <ProblemNote error={error} />
      <div><Button type="submit" look="primary" disabled={isBusy || draft.url.trim() === '' || draft.eventTypes.length === 0 || isRefused}>{submitLabel}</Button></div>
    </form>
  )
}

/** What has a good default. */
function MoreSettings({ organization, draft, onChange, isOpen }: { organization: string; draft: EndpointDraft; onChange: (changed: Partial<EndpointDraft>) => void; isOpen: boolean }) {
  const set = (name: keyof EndpointDraft) => (event: { target: { value: string } }) => onChange({ [name]: event.target.value })
  return (
    <details className="card" open={isOpen}>
      <summary className="px-5 py-3.5 font-semibold">Format, retries, order, headers</summary>
      <div className="grid gap-x-5 gap-y-4 border-t border-line p-5 sm:grid-cols-2">
        <FormatChoice organization={organization} label="Format" hint="Envelope, headers and signature." none="The organization's" value={draft.format} onChange={(format) => onChange({ format })} />
        <FormatChoice organization={organization} label="Second signature" hint="The headers of another format over the same bytes, while receivers move from one to the other." none="None" value={draft.secondFormat} onChange={(secondFormat) => onChange({ secondFormat })} />
        <RetryPolicyField draft={draft} onChange={onChange} />
        <Field label="At most, per second" hint="Requests a second; empty: no limit.">{(control) => <input {...control} className="control" type="number" min="0.01" step="any" value={draft.ratePerSecond} onChange={set('ratePerSecond')} />}</Field>
        <Field label="Timeout in seconds" hint="1 to 30; empty: the server's.">{(control) => <input {...control} className="control" type="number" min="1" max="30" value={draft.timeoutSeconds} onChange={set('timeoutSeconds')} />}</Field>
        <label className="flex items-start gap-2.5 sm:col-span-2"><input type="checkbox" className="mt-1 accent-(--accent)" checked={draft.ordered} onChange={(event) => onChange({ ordered: event.target.checked })} /><span>Strict order<span className="block text-faint">Each event waits until the one before it has succeeded or is a dead letter.</span></span></label>
        <div className="sm:col-span-2"><HeadersField headers={draft.headers} onChange={(headers) => onChange({ headers })} /></div>
      </div>
    </details>
  )
}
