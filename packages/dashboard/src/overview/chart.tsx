import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'

export type Columns = [times: number[], ...series: (number | null)[][]]

export interface Series { name: string; /** Names a colour of the stylesheet. */ color: string; isBar?: boolean }

/** Series over time. What lies under the pointer is told to whoever shows it in words. */
export function Chart({ label, columns, series, unit = '', onPoint }: { label: string; columns: Columns; series: readonly Series[]; unit?: string; onPoint: (index: number | undefined) => void }) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const shown = useRef(columns)
  shown.current = columns
  const width = useWidth(place)
  const isDark = useIsDark()

  useEffect(() => {
    if (width === 0) return undefined
    const made = new UPlot(optionsFor({ width, series, unit, onPoint }), shown.current, place.current as HTMLDivElement)
    chart.current = made
    return () => {
      chart.current = undefined
      made.destroy()
    }
  }, [width, isDark, series, unit, onPoint])

  useEffect(() => chart.current?.setData(columns), [columns])

  return <div ref={place} role="img" aria-label={label} className="w-full overflow-hidden" style={{ height }} />
}

const height = 190

function optionsFor({ width, series, unit, onPoint }: { width: number; series: readonly Series[]; unit: string; onPoint: (index: number | undefined) => void }): UPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const axis = { stroke: color('--faint'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' }
  const bars = (UPlot.paths.bars as NonNullable<typeof UPlot.paths.bars>)({ size: [0.72, 14, 1], radius: 0.15 })
  return {
    width, height, legend: { show: false }, padding: [10, 18, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
    hooks: { setCursor: [({ cursor: { idx, left } }) => onPoint(idx == null || left === undefined || left < 0 ? undefined : idx)] },
    scales: { x: { time: true }, y: { range: (_chart, _min, max) => [0, Math.max(4, (max ?? 0) * 1.12)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 64, values: (_chart, ticks, _axis, _space, stepSeconds) => ticks.map((at) => (stepSeconds >= 86_400 ? day : clock).format(at * 1_000)) },
      { ...axis, size: unit === '' ? 44 : 60, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7], space: 36, values: (_chart, ticks) => ticks.map((tick) => `${tick.toLocaleString()}${unit}`) },
    ],
    series: [{}, ...series.map((one) => (one.isBar
      ? { paths: bars, fill: color(one.color), stroke: color(one.color), width: 0, points: { show: false } }
      : { stroke: color(one.color), width: 2, spanGaps: true, points: { show: isSparse, size: 5, fill: color(one.color) } }))],
  }
}

/** Where a line has few points, they would otherwise hardly be seen. */
function isSparse({ data }: UPlot): boolean {
  return [...(data[1] ?? [])].filter((value) => value != null).length < 12
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })

function useWidth(place: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = place.current as HTMLDivElement
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return width
}

function useIsDark(): boolean {
  const [isDark, setIsDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const listen = () => setIsDark(query.matches)
    query.addEventListener('change', listen)
    return () => query.removeEventListener('change', listen)
  }, [])
  return isDark
}
