import type { Run } from './stage.js'
import { LatencyHistogram } from './latency-histogram.js'

/** One line of the table. */
export interface Figure {
  name: string
  value: number
  unit: string
  /** What it must not exceed, or not fall below, where a floor was set for it. */
  atMost?: number
  atLeast?: number
}

export interface ScenarioResult {
  scenario: string
  figures: Figure[]
  /** What makes a figure void, or must be known beside it. */
  remarks: string[]
  /** What the figures were made of. */
  detail: unknown
}

/** At most so much resident memory, in every scenario. */
export const mostResidentMb = 300

/** The figures that every run of publishing has. */
export function runFigures(run: Run): Figure[] {
  const delivered = run.sink.distinct
  return [
    { name: 'accepted', value: run.published.accepted / run.publishSeconds, unit: '/s' },
    { name: 'delivered', value: delivered / run.seconds, unit: '/s' },
    { name: 'delivered while publishing', value: run.deliveredWhilePublishing / run.publishSeconds, unit: '/s' },
    ...latencyFigures('accept', run.published.latencies),
    ...latencyFigures('publish to receipt', run.latencies),
    { name: 'CPU', value: run.server.cpuUs / delivered, unit: 'µs per delivery' },
    { name: 'resident', value: megabytes(run.server.residentBytes), unit: 'MB', atMost: mostResidentMb },
    { name: 'written', value: run.server.writtenBytes / delivered / 1024, unit: 'KB per delivery' },
  ]
}

export function latencyFigures(name: string, counts: Uint32Array): Figure[] {
  const histogram = new LatencyHistogram(counts)
  return [
    { name: `${name} p50`, value: histogram.percentileUs(0.5) / 1000, unit: 'ms' },
    { name: `${name} p99`, value: histogram.percentileUs(0.99) / 1000, unit: 'ms' },
  ]
}

/** What went wrong in a run, in words. */
export function runRemarks(run: Run): string[] {
  const remarks: string[] = []
  if (!run.isDrained) remarks.push(`not everything was delivered and settled in the time allowed: ${run.sink.distinct} of ${run.published.expected}`)
  for (const [status, count] of Object.entries(run.published.refused)) remarks.push(`${count} events were refused with ${status}`)
  if (run.published.unanswered > 0) remarks.push(`${run.published.unanswered} events were never answered`)
  if (run.sink.repeated > 0) remarks.push(`${run.sink.repeated} deliveries arrived twice`)
  if (run.sink.misread > 0) remarks.push(`${run.sink.misread} requests carried no webhook-id`)
  return remarks
}

export function megabytes(bytes: number): number {
  return bytes / 2 ** 20
}
