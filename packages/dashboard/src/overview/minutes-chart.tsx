import { useEffect, useMemo, useRef, useState } from 'react'
import UPlot from 'uplot'
import type { Overview } from '@posthorn/client'

type Counts = Overview['totals']

/** What became of attempts over time, one column a step, what failed on top. */
export function MinutesChart({ overview }: { overview: Overview }) {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const data = useMemo(() => columnsOf(overview), [overview])
  const isDark = useIsDark()

  useEffect(() => {
    const element = place.current as HTMLDivElement
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (width === 0) return undefined
    const chart = new UPlot(optionsFor(width), data, place.current as HTMLDivElement)
    return () => chart.destroy()
  }, [data, width, isDark])

  const { succeeded, retrying, dead } = overview.totals
  return <div ref={place} role="img" aria-label={`Attempts over time: ${succeeded} succeeded, ${retrying} to be retried, ${dead} dead letters.`} className="h-[200px] w-full overflow-hidden" />
}

export const kindsShown = [
  { kind: 'dead', name: 'Dead letters', color: '--bad-bar' }, { kind: 'retrying', name: 'To be retried', color: '--wait-bar' }, { kind: 'succeeded', name: 'Succeeded', color: '--good-bar' },
] as const satisfies readonly { kind: keyof Counts; name: string; color: string }[]

/** Every step of the span, also those in which nothing happened; each kind stands on those below it. */
function columnsOf({ from, to, stepMinutes, steps }: Overview): [number[], ...number[][]] {
  const stepMs = stepMinutes * 60_000
  const known = new Map(steps.map((step) => [Date.parse(step.at), step]))
  const times: number[] = []
  for (let at = Math.floor(Date.parse(from) / stepMs) * stepMs; at < Date.parse(to); at += stepMs) times.push(at)
  const count = (at: number, kind: keyof Counts) => known.get(at)?.[kind] ?? 0
  return [
    times.map((at) => at / 1_000),
    times.map((at) => count(at, 'succeeded') + count(at, 'retrying') + count(at, 'dead')),
    times.map((at) => count(at, 'succeeded') + count(at, 'retrying')),
    times.map((at) => count(at, 'succeeded')),
  ]
}

function optionsFor(width: number): UPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const axis = { stroke: color('--faint'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' }
  const bars = (UPlot.paths.bars as NonNullable<typeof UPlot.paths.bars>)({ size: [0.72, 14, 1], radius: 0.15 })
  return {
    width, height: 200, legend: { show: false }, cursor: { show: false }, padding: [10, 18, 0, 0],
    scales: { x: { time: true }, y: { range: (_chart, _min, max) => [0, Math.max(4, max * 1.12)] } },
    axes: [{ ...axis, grid: { show: false }, size: 30, space: 64, values: (_chart, ticks, _axis, _space, stepSeconds) => ticks.map((at) => (stepSeconds >= 86_400 ? day : clock).format(at * 1_000)) }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7], space: 36 }],
    series: [{}, ...kindsShown.map((shown) => ({ paths: bars, fill: color(shown.color), stroke: color(shown.color), width: 0, points: { show: false } }))],
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })

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
