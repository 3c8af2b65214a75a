import { Field } from '../pieces/field.js'
import { aboutFormat, useFormats } from './use-formats.js'

/** A format by its name, with what its receivers look at. `none`: what no choice means, where that is possible. */
export function FormatChoice({ organization, label, hint, none, value, onChange }: { organization: string; label: string; hint: string; none?: string; value: string; onChange: (value: string) => void }) {
  const formats = useFormats(organization)
  const chosen = formats.find(({ name }) => name === value)
  return (
    <Field label={label} hint={chosen === undefined ? hint : aboutFormat(chosen)}>
      {(control) => (
        <select {...control} className="control" value={value} onChange={(event) => onChange(event.target.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {value !== '' && chosen === undefined && <option>{value}</option>}
          {formats.map(({ name }) => <option key={name}>{name}</option>)}
        </select>
      )}
    </Field>
  )
}
