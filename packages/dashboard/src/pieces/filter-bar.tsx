import { Search } from 'lucide-react'
import { useState } from 'react'

/** The filter above a list. */
export function FilterBar({ children, isFiltered, onClear }: { children: React.ReactNode; isFiltered: boolean; onClear: () => void }) {
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      {children}
      {isFiltered && <button type="button" className="link px-1.5" onClick={onClear}>Clear</button>}
    </search>
  )
}

/** What is looked for by its name; it counts on Enter, or when the field is left. */
export function FilterText({ label, placeholder, value = '', onChoose, isSearch = false }: { label: string; placeholder: string; value?: string | undefined; onChoose: (value: string) => void; isSearch?: boolean }) {
  const [text, setText] = useState(value)
  const [shown, setShown] = useState(value)
  if (shown !== value) {
    // The address has changed: cleared, or another link.
    setShown(value)
    setText(value)
  }
  const choose = () => { if (text.trim() !== value) onChoose(text.trim()) }
  return (
    <label className="relative max-sm:w-full">
      <Search size={15} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input {...(isSearch && { 'data-search': '' })} type="search" className="control mono w-60 pl-8! max-sm:w-full" placeholder={placeholder} aria-label={label} spellCheck={false} value={text} onChange={(event) => { setText(event.target.value); if (event.target.value === '') onChoose('') }} onBlur={choose} onKeyDown={(event) => { if (event.key === 'Enter') choose() }} />
    </label>
  )
}

export function FilterChoice({ label, every, choices, value = '', onChoose }: { label: string; every: string; choices: readonly (string | readonly [value: string, name: string])[]; value?: string | undefined; onChoose: (value: string) => void }) {
  const named = choices.map((choice) => typeof choice === 'string' ? [choice, choice] as const : choice)
  const isKnown = value === '' || named.some(([choice]) => choice === value)
  return (
    <select className={`control min-w-0 max-sm:flex-[1_1_45%] sm:max-w-40 ${value === '' ? '' : 'border-accent! text-accent'}`} aria-label={label} value={value} onChange={(event) => onChoose(event.target.value)}>
      <option value="">{every}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {named.map(([choice, name]) => <option key={choice} value={choice}>{name}</option>)}
    </select>
  )
}
