import { useMemo, useState } from 'react'
import { lengthOf } from '../pieces/instant.js'
import { Chart, type Columns, type Series } from './chart.js'
import { timesOf, type Step } from './steps.js'
import type { Overview } from '@posthorn/client'

/** A chart with its name and legend; the legend tells the values under the pointer. */
export function ChartCard({ title, overview, series, unit = '', values, stacked, isEmpty, emptyText, children }: {
  title: string; overview: Overview; series: readonly Series[]; unit?: string; isEmpty: boolean; emptyText: string; children?: React.ReactNode
  /** Of one step, in the order of the series. */
  values: (step: Step | undefined) => (number | null)[]
  /** As they are drawn, where that is not what they are: one upon another. */
  stacked?: (values: (number | null)[]) => (number | null)[]
}) {
  const [point, setPoint] = useState<number>()
  const { times, rows, columns } = useMemo(() => {
    const known = timesOf(overview)
    const each = known.map(({ step }) => values(step))
    const drawn = stacked === undefined ? each : each.map(stacked)
    return { times: known.map(({ at }) => at), rows: each, columns: [known.map(({ at }) => at / 1_000), ...series.map((_one, index) => drawn.map((row) => row[index] ?? null))] as Columns }
  }, [overview, series, values, stacked])
  const row = point === undefined ? undefined : rows[point]
  return (
    <section className="card min-w-0 overflow-hidden" aria-label={title}>
      <div className="card-head"><h2>{title}</h2><span className="text-[13px] text-faint">{point !== undefined && times[point] !== undefined ? when.format(times[point]) : `one step: ${overview.stepMinutes === 1 ? 'a minute' : overview.stepMinutes === 60 ? 'an hour' : lengthOf(overview.stepMinutes * 60_000)}`}</span></div>
      {children}
      <div className="relative px-2 pt-1">
        <Chart label={`${title}: ${isEmpty ? emptyText : `${rows.length} steps`}`} columns={columns} series={series} unit={unit} onPoint={setPoint} />
        {isEmpty && <p className="absolute inset-0 grid place-items-center pb-6 text-faint"><span className="bg-card px-3">{emptyText}</span></p>}
      </div>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2.5 text-[13px] text-faint">
        {series.map(({ name, color }, index) => <li key={name} className="flex items-center gap-1.5"><span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: `var(${color})` }} />{name}{row !== undefined && <span className="font-medium text-ink tabular-nums">{row[index] == null ? '–' : `${row[index].toLocaleString()}${unit}`}</span>}</li>)}
      </ul>
    </section>
  )
}

const when = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
