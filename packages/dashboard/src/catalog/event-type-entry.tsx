import { useState } from 'react'
import { SamplesByFormat } from '../formats/samples-by-format.js'
import { CopyButton } from '../pieces/copy-button.js'
import type { Catalog } from '@posthorn/client'

/** One event type: what it means, and opened, its sample, its schema, and how it goes out. */
export function EventTypeEntry({ organization, entry: { type, description, example, schema }, format, isOpened }: { organization: string; entry: Catalog['types'][number]; format: string; isOpened: boolean }) {
  const [isOpen, setIsOpen] = useState(isOpened)
  return (
    <details id={type} open={isOpened} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="px-4 py-2.5 hover:bg-sunk"><span className="mono font-medium break-all">{type}</span><span className="ml-3 text-faint max-sm:ml-5 max-sm:block">{description}</span></summary>
      {isOpen && (
        <div className="grid items-start gap-5 px-4 pt-1 pb-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-5"><Json title="Sample of its data" value={example} /><Json title="JSON Schema" value={schema} /></div>
          <SamplesByFormat organization={organization} eventType={type} first={format} />
        </div>
      )}
    </details>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-center justify-between"><h2>{title}</h2><CopyButton text={text} isQuiet label={`Copy: ${title}`} /></div>
      <pre className="payload" tabIndex={0} aria-label={title} role="group">{text}</pre>
    </div>
  )
}
