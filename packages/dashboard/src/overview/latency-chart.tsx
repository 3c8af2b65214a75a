import { ChartCard } from './chart-card.js'
import type { Series } from './chart.js'
import type { Step } from './steps.js'
import type { Overview } from '@posthorn/client'

/** How long it took from acceptance to the endpoint's 2xx, where the first attempt succeeded. */
export function LatencyChart({ overview }: { overview: Overview }) {
  return <ChartCard title="From acceptance to receipt" overview={overview} series={series} unit=" ms" values={valuesOf} isEmpty={overview.latency === null} emptyText="No first attempt has succeeded in this time." />
}

const series: readonly Series[] = [{ name: 'p50', color: '--good-bar' }, { name: 'p95', color: '--cool' }, { name: 'p99', color: '--wait-bar' }]

const valuesOf = (step: Step | undefined) => [step?.latency?.p50Ms ?? null, step?.latency?.p95Ms ?? null, step?.latency?.p99Ms ?? null]
