import { ChartCard } from './chart-card.js'
import type { Series } from './chart.js'
import type { Step } from './steps.js'
import type { Overview } from '@posthorn/client'

/** What became of attempts over time, one column a step, what failed on top. */
export function AttemptsChart({ overview, children }: { overview: Overview; children?: React.ReactNode }) {
  const { succeeded, retrying, dead } = overview.totals
  return <ChartCard title="Attempts" overview={overview} series={series} values={valuesOf} stacked={stack} isEmpty={succeeded + retrying + dead === 0} emptyText="Nothing was sent in this time.">{children}</ChartCard>
}

// Each stands on those after it, so the highest is drawn first.
const series: readonly Series[] = [
  { name: 'Dead letters', color: '--bad-bar', isBar: true }, { name: 'To be retried', color: '--wait-bar', isBar: true }, { name: 'Succeeded', color: '--good-bar', isBar: true },
]

const valuesOf = (step: Step | undefined) => [step?.dead ?? 0, step?.retrying ?? 0, step?.succeeded ?? 0]

function stack([dead, retrying, succeeded]: (number | null)[]): number[] {
  return [(dead ?? 0) + (retrying ?? 0) + (succeeded ?? 0), (retrying ?? 0) + (succeeded ?? 0), succeeded ?? 0]
}
