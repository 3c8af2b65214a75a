import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Button } from '../pieces/button.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { makeInspector } from '../inspectors/inspector.js'
import { EventTypesChoice } from './event-types-choice.js'
import type { Endpoint, NewEndpoint } from '@posthorn/client'

export interface EndpointDraft {
  url: string; description: string; eventTypes: string[]; format: NewEndpoint['format'] & (string | null); retryPolicy: string | null; ordered: boolean
  ratePerSecond: number | null; timeoutSeconds: number | null; headers: Record<string, string> | null
}

/** Makes or changes an endpoint. The server judges the URL while it is typed, by the rules that count when it is stored. */
export function EndpointForm({ organization, before, error, isBusy, onSubmit, submitLabel }: { organization: string; before?: Endpoint; error: unknown; isBusy: boolean; onSubmit: (draft: EndpointDraft) => void; submitLabel: string }) {
  const [url, setUrl] = useState(before?.url ?? '')
  const [description, setDescription] = useState(before?.description ?? '')
  const [eventTypes, setEventTypes] = useState(before?.eventTypes ?? ['*'])
  const [format, setFormat] = useState(before === undefined || before.inherits.includes('format') ? '' : before.format)
  const [retryPolicy, setRetryPolicy] = useState(before === undefined || before.inherits.includes('retryPolicy') || typeof before.retryPolicy !== 'string' ? '' : before.retryPolicy)
  const [ordered, setOrdered] = useState(before?.ordered ?? false)
  const [rate, setRate] = useState(before?.ratePerSecond?.toString() ?? '')
  const [timeout, setTimeoutSeconds] = useState(before?.timeoutSeconds?.toString() ?? '')
  const [headers, setHeaders] = useState(Object.entries(before?.headers ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n'))
  const settled = useSettled(url.trim(), 250)
  const judged = useQuery({ queryKey: ['endpoint-url', organization, settled], queryFn: () => posthorn.endpoints.judgeUrl(organization, settled), enabled: settled !== '', staleTime: 60_000 })
  const judgement = settled === url.trim() && settled !== '' ? judged.data : undefined

  async function takeInspector() {
    setUrl((await makeInspector()).url)
  }

  function submit() {
    const named = headers.split('\n').map((line) => /^([^:]+):(.*)$/.exec(line)).filter((match) => match !== null).map(([, name = '', value = '']) => [name.trim(), value.trim()])
    onSubmit({
      url: url.trim(), description, eventTypes, format: (format || null) as EndpointDraft['format'], ordered, headers: named.length === 0 ? null : Object.fromEntries(named) as Record<string, string>,
      // A policy that was written out is not among the choices: it stays unless another is chosen.
      retryPolicy: retryPolicy || null,
      ratePerSecond: rate === '' ? null : Number(rate), timeoutSeconds: timeout === '' ? null : Number(timeout),
    })
  }

  return (
    <form className="flex max-w-3xl flex-col gap-5" onSubmit={(event) => { event.preventDefault(); submit() }}>
      <section className="card flex flex-col gap-4 p-5">
        <Field label="URL" problem={judgement?.isAccepted === false ? `${judgement.detail} ${judgement.fix}` : undefined}
          hint={judgement?.isAccepted ? <span className="text-good">This URL can be used.</span> : 'Where events are sent, as POST requests: https://example.com/webhooks'}>
          {(control) => (
            <div className="flex flex-wrap gap-2">
              <input {...control} className="control mono min-w-0 flex-[1_1_16rem]" value={url} onChange={(event) => setUrl(event.target.value)} required autoFocus={before === undefined} spellCheck={false} inputMode="url" disabled={before?.managed != null} />
              {before === undefined && <Button onClick={() => void takeInspector()}>Use an inspector</Button>}
            </div>
          )}
        </Field>
        <Field label="Description" hint="For people: whose it is, what it does.">{(control) => <input {...control} className="control" value={description} maxLength={1000} onChange={(event) => setDescription(event.target.value)} />}</Field>
      </section>

      <EventTypesChoice organization={organization} chosen={eventTypes} onChoose={setEventTypes} />

      <details className="card">
        <summary className="px-5 py-3.5 font-semibold">Format, retries, order, headers</summary>
        <div className="grid gap-4 border-t border-line p-5 sm:grid-cols-2">
          <Field label="Format" hint="Envelope, headers and signature.">{(control) => <Select {...control} value={format} onChange={setFormat} choices={formats} />}</Field>
          <Field label="Retry policy" hint="How often and when a failed delivery is tried again.">{(control) => <Select {...control} value={retryPolicy} onChange={setRetryPolicy} choices={retryPolicies} />}</Field>
          <Field label="At most, per second" hint="Requests a second; empty: no limit.">{(control) => <input {...control} className="control" inputMode="decimal" value={rate} onChange={(event) => setRate(event.target.value)} />}</Field>
          <Field label="Timeout in seconds" hint="1 to 30; empty: the server's.">{(control) => <input {...control} className="control" inputMode="decimal" value={timeout} onChange={(event) => setTimeoutSeconds(event.target.value)} />}</Field>
          <div className="sm:col-span-2"><Field label="Extra headers" hint="One a line: Authorization: Bearer …">{(control) => <textarea {...control} rows={3} className="control mono" spellCheck={false} value={headers} onChange={(event) => setHeaders(event.target.value)} />}</Field></div>
          <label className="flex items-start gap-2.5 sm:col-span-2"><input type="checkbox" className="mt-1 accent-(--accent)" checked={ordered} onChange={(event) => setOrdered(event.target.checked)} /><span>Strict order<span className="block text-faint">Each event waits until the one before it has succeeded or is a dead letter.</span></span></label>
        </div>
      </details>

      <ProblemNote error={error} />
      <div><Button type="submit" look="primary" disabled={isBusy || url.trim() === '' || eventTypes.length === 0 || judgement?.isAccepted === false}>{submitLabel}</Button></div>
    </form>
  )
}

function Select({ value, onChange, choices, ...rest }: { value: string; onChange: (value: string) => void; choices: readonly string[]; id: string }) {
  return <select {...rest} className="control" value={value} onChange={(event) => onChange(event.target.value)}><option value="">The organization's</option>{choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}</select>
}

export const formats = ['standard', 'bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'stripe', 'github', 'shopify', 'slack']
export const retryPolicies = ['standard', 'bare-commerce', 'bear-billing', 'devsphere', 'better-data']

/** A value once it has not changed for a moment. */
function useSettled(value: string, forMs: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), forMs)
    return () => clearTimeout(timer)
  }, [value, forMs])
  return settled
}
