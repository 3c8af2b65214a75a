import { Field } from '../pieces/field.js'
import type { OptionField, OptionsDraft } from './source-options.js'

/** Options of a source, each as its kind is typed. */
export function OptionInputs({ fields, draft, onChange }: { fields: readonly OptionField[]; draft: OptionsDraft; onChange: (changed: OptionsDraft) => void }) {
  return fields.map((field) => (
    <Field key={field.name} label={field.label} hint={field.hint}>
      {(control) => <OptionInput control={control} field={field} value={draft[field.name] ?? ''} onType={(value) => onChange({ [field.name]: value })} />}
    </Field>
  ))
}

function OptionInput({ control, field: { choices, kind, isRequired = false, placeholder }, value, onType }: { control: object; field: OptionField; value: string; onType: (value: string) => void }) {
  const shared = { ...control, value, required: isRequired, placeholder, spellCheck: false, onChange: (event: { target: { value: string } }) => onType(event.target.value) }
  if (choices !== undefined) return <select {...control} className="control" value={value} onChange={shared.onChange}><option value="">left open</option>{choices.map(([choice, name]) => <option key={choice} value={choice}>{name}</option>)}</select>
  if (kind === 'certificates') return <textarea {...shared} className="control mono h-auto! py-2" rows={3} />
  return <input {...shared} className="control mono" {...(kind === 'number' && { type: 'number', min: 1 })} {...(kind === 'url' && { type: 'url' })} />
}
