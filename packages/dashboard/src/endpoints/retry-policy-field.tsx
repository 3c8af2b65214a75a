import { Field } from '../pieces/field.js'
import { retryPolicies } from './choices.js'
import { growingWaits, ownSchedule, retryPolicyOf, type EndpointDraft, type GrowthDraft } from './draft.js'
import { waitsOf, wordsOf } from './waits.js'

type RetryDraft = Pick<EndpointDraft, 'retryPolicy' | 'schedule' | 'growth'>

/** How often and when a failed delivery is tried again: by name, as a schedule, or growing; with what that comes to. */
export function RetryPolicyField({ draft, onChange }: { draft: RetryDraft; onChange: (changed: Partial<RetryDraft>) => void }) {
  const { retryPolicy, schedule, growth } = draft
  const named = retryPolicies.find(([name]) => name === retryPolicy)
  return (
    <div className="flex flex-col gap-4 sm:col-span-2">
      <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
        <Field label="Retry policy" hint={named?.[1] ?? 'How often and when a failed delivery is tried again.'}>
          {(control) => (
            <select {...control} className="control" value={retryPolicy} onChange={(event) => onChange({ retryPolicy: event.target.value })}>
              <option value="">The organization's</option><Names of={retryPolicies} /><option value={ownSchedule}>A schedule of its own</option><option value={growingWaits}>Waits that grow</option>
            </select>
          )}
        </Field>
        {retryPolicy === ownSchedule && <Field label="Schedule" hint="The wait before each attempt: 0s, 5s, 2m, 1h.">{(control) => <input {...control} className="control mono" placeholder="0s, 5s, 2m" spellCheck={false} value={schedule} onChange={(event) => onChange({ schedule: event.target.value })} />}</Field>}
      </div>
      {retryPolicy === growingWaits && <GrowthFields growth={growth} onChange={(changed) => onChange({ growth: { ...growth, ...changed } })} />}
      {(retryPolicy === growingWaits || retryPolicy === ownSchedule) && <Waits draft={draft} />}
    </div>
  )
}

function GrowthFields({ growth, onChange }: { growth: GrowthDraft; onChange: (changed: Partial<GrowthDraft>) => void }) {
  const field = (name: keyof GrowthDraft, label: string, hint: string, more: React.ComponentProps<'input'> = {}) => (
    <Field label={label} hint={hint}>{(control) => <input {...control} {...more} className="control mono" required spellCheck={false} value={growth[name]} onChange={(event) => onChange({ [name]: event.target.value })} />}</Field>
  )
  return (
    <fieldset className="grid grid-cols-2 gap-x-5 gap-y-4 sm:grid-cols-4">
      <legend className="sr-only">Waits that grow</legend>
      {field('first', 'First wait', 'Before the second attempt.', { pattern: durationPattern })}
      {field('factor', 'Factor', 'Each wait, times the one before.', { type: 'number', min: 1, max: 100, step: 'any' })}
      {field('max', 'Longest wait', '30s, 5m, 2h, 1d.', { pattern: durationPattern })}
      {field('attempts', 'Attempts', 'In all, at most 50.', { type: 'number', min: 1, max: 50 })}
    </fieldset>
  )
}

/** What the policy comes to, while it is typed. */
function Waits({ draft }: { draft: RetryDraft }) {
  const policy = retryPolicyOf(draft)
  const waits = policy === null || typeof policy === 'string' ? undefined : waitsOf(policy)
  return (
    <p role="status" aria-label="Waits" className="rounded-lg bg-sunk px-3.5 py-2.5 text-[13px] text-faint">
      {waits === undefined ? 'Not yet a policy: waits are whole numbers with ms, s, m, h or d, none longer than 7d; 1 to 50 attempts.' : (
        <><span className="font-medium text-ink">{waits.length === 1 ? '1 attempt' : `${waits.length} attempts, the last ${wordsOf(waits.reduce((sum, wait) => sum + wait, 0))} after the event`}</span>{waits.length > 1 && <>. Waits before each: <span className="tabular-nums">{waits.map(wordsOf).join(', ')}</span></>}. Up to a tenth is added to each.</>
      )}
    </p>
  )
}

export function Names({ of }: { of: readonly (readonly [name: string, about: string])[] }) {
  return of.map(([name]) => <option key={name} value={name}>{name}</option>)
}

const durationPattern = '\\s*\\d{1,12}(ms|s|m|h|d)\\s*'
