import { FilterChoice } from './filter-bar.js'

/** From when on, and until when: a span that ends now, or two instants. */
export interface TimeRange { within: string | undefined; from: string | undefined; to: string | undefined }

export const timeNames = ['within', 'from', 'to'] as const

export function TimeRangeChoice({ range: { within, from, to }, onChoose }: { range: TimeRange; onChoose: (changed: { within: string; from: string; to: string }) => void }) {
  const isBetween = from !== undefined || to !== undefined
  const choose = (value: string) => {
    if (value === 'between') onChoose({ within: '', from: new Date(Date.now() - spans['1d']).toISOString(), to: new Date().toISOString() })
    else onChoose({ within: value, from: '', to: '' })
  }
  const change = (name: 'from' | 'to') => (event: { target: { value: string } }) => {
    const at = new Date(event.target.value)
    onChoose({ within: '', from: from ?? '', to: to ?? '', [name]: Number.isNaN(at.getTime()) ? '' : at.toISOString() })
  }
  return (
    <>
      <FilterChoice label="Time" every="Any time" choices={[['1h', 'The last hour'], ['1d', 'The last 24 hours'], ['7d', 'The last 7 days'], ['between', 'Between …']]} value={isBetween ? 'between' : within} onChoose={choose} />
      {isBetween && <input type="datetime-local" aria-label="From" className="control max-sm:flex-[1_1_45%]" value={localText(from)} onChange={change('from')} />}
      {isBetween && <input type="datetime-local" aria-label="Until" className="control max-sm:flex-[1_1_45%]" value={localText(to)} onChange={change('to')} />}
    </>
  )
}

/** As the API takes it. */
export function instantsOf({ within, from, to }: TimeRange): { from?: string; to?: string } {
  const spanMs = spans[within as keyof typeof spans] as number | undefined
  if (spanMs !== undefined) return { from: new Date(Date.now() - spanMs).toISOString() }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

/** In the time of whoever looks, as the control wants it. */
function localText(at: string | undefined): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return ''
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const spans = { '1h': 3_600_000, '1d': 86_400_000, '7d': 7 * 86_400_000 }
