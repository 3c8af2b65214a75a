import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { useCatalog } from '../server/reading.js'

/** All events, or those that are chosen: from the organization's catalog, and any other type or prefix by its name. */
export function EventTypesChoice({ organization, chosen, onChoose }: { organization: string; chosen: readonly string[]; onChoose: (types: string[]) => void }) {
  const types = useCatalog(organization).data?.types ?? []
  const isAll = chosen.includes('*')
  const [sought, setSought] = useState('')
  const [own, setOwn] = useState('')
  const unlisted = chosen.filter((type) => type !== '*' && !types.some((listed) => listed.type === type))
  const toggle = (type: string) => onChoose(chosen.includes(type) ? chosen.filter((other) => other !== type) : [...chosen.filter((other) => other !== '*'), type])
  const add = () => {
    if (own.trim() !== '' && !chosen.includes(own.trim())) toggle(own.trim())
    setOwn('')
  }

  return (
    <fieldset className="card p-5">
      <legend className="sr-only">Events</legend>
      <p className="mb-3 font-medium" aria-hidden>Events</p>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <label className="flex items-center gap-2"><input type="radio" name="which" className="accent-(--accent)" checked={isAll} onChange={() => onChoose(['*'])} />All events</label>
        <label className="flex items-center gap-2"><input type="radio" name="which" className="accent-(--accent)" checked={!isAll} onChange={() => onChoose([])} />Only these</label>
      </div>
      {!isAll && (
        <div className="mt-4 flex flex-col gap-3">
          {types.length > 8 && <input type="search" data-search className="control" placeholder={`Find among ${types.length} event types`} aria-label="Find an event type" value={sought} onChange={(event) => setSought(event.target.value)} />}
          {types.length > 0 && (
            <ul className="max-h-80 divide-y divide-line overflow-y-auto rounded-lg border border-line" tabIndex={0} aria-label="Event types of the catalog">
              {types.filter(({ type, description }) => `${type} ${description}`.toLowerCase().includes(sought.toLowerCase())).map(({ type, description, example }) => (
                <li key={type} className="flex items-start gap-3 px-3 py-2 hover:bg-sunk">
                  <input id={`type-${type}`} type="checkbox" className="mt-1 accent-(--accent)" checked={chosen.includes(type)} onChange={() => toggle(type)} />
                  <div className="min-w-0 flex-1">
                    <label htmlFor={`type-${type}`} className="block"><span className="mono font-medium">{type}</span><span className="block text-faint">{description}</span></label>
                    <details><summary className="link w-fit text-[13px]">Sample</summary><pre className="payload mt-1 max-h-60" tabIndex={0}>{JSON.stringify(example, null, 2)}</pre></details>
                  </div>
                </li>
              ))}
            </ul>
          )}
          {unlisted.length > 0 && <ul className="flex flex-wrap gap-1.5" aria-label="Other types">{unlisted.map((type) => <li key={type}><button type="button" className="mono rounded-full bg-accent-paper px-2.5 py-1 text-accent" aria-label={`Remove ${type}`} onClick={() => toggle(type)}>{type} ×</button></li>)}</ul>}
          <div className="flex gap-2"><input className="control mono min-w-0 flex-1" placeholder="Another type or prefix: order.*" aria-label="Another type or prefix" value={own} onChange={(event) => setOwn(event.target.value)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); add() } }} /><Button onClick={add}>Add</Button></div>
        </div>
      )}
    </fieldset>
  )
}
