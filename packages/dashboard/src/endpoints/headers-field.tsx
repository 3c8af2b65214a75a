import { Plus, X } from 'lucide-react'
import { Button } from '../pieces/button.js'

type Header = { name: string; value: string }

/** Headers that every request to the endpoint carries beside ours. */
export function HeadersField({ headers, onChange }: { headers: readonly Header[]; onChange: (headers: Header[]) => void }) {
  const change = (at: number, changed: Partial<Header>) => onChange(headers.map((header, index) => index === at ? { ...header, ...changed } : header))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">Extra headers</legend>
      {headers.map(({ name, value }, index) => (
        <div key={index} className="flex flex-wrap gap-2">
          <input className="control mono w-52 max-sm:flex-1" placeholder="Authorization" aria-label={`Name of header ${index + 1}`} spellCheck={false} value={name} onChange={(event) => change(index, { name: event.target.value })} />
          <input className="control mono min-w-0 flex-1 max-sm:flex-[1_1_100%]" placeholder="Bearer …" aria-label={`Value of header ${index + 1}`} spellCheck={false} value={value} onChange={(event) => change(index, { value: event.target.value })} />
          <Button look="quiet" className="px-2!" aria-label={`Remove header ${index + 1}`} onClick={() => onChange(headers.filter((_header, other) => other !== index))}><X size={16} aria-hidden /></Button>
        </div>
      ))}
      <div><Button onClick={() => onChange([...headers, { name: '', value: '' }])}><Plus size={15} aria-hidden />Add a header</Button></div>
    </fieldset>
  )
}
