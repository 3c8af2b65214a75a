import { type Figure, megabytes, mostResidentMb, type ScenarioResult } from '../figures.js'
import { LatencyHistogram } from '../latency-histogram.js'
import type { Bench, Scenario } from './scenario.js'

/** One customer's endpoint never answers: do the others notice? */
export const hanging: Scenario = {
  name: 'hanging',
  about: '1,000 single publishes per second to 50 endpoints with history, first all well, then one that hangs until the deadline',
  play,
}

const ratePerSecond = 1000
/** Longer than the deadline of 15 s, so that the hanging endpoint's first attempts have ended and its window has met both. */
const leastSeconds = 20

async function play(bench: Bench): Promise<ScenarioResult> {
  const { stage } = await bench.shared()
  const seconds = Math.max(leastSeconds, Math.min(bench.options.seconds, 60))
  const world = await stage.makeWorld('hanging', 5, 10)
  await stage.warmUp(world)

  const without = await stage.run(world, { targets: world.single, ratePerSecond, seconds })
  const hung = world.endpoints[0]?.number ?? 0
  await stage.sink.ask('behave', { hanging: [hung] })
  await stage.clear()
  const published = await stage.publish({ targets: world.single, ratePerSecond, seconds })
  const healthy = Math.round(published.expected * (1 - 1 / world.endpoints.length))
  const deadline = performance.now() + 30_000
  while ((await stage.sink.ask('counts')).distinct < healthy && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
  const latencies = await stage.sink.ask('latencies')
  const sink = await stage.sink.ask('counts')
  await stage.sink.ask('behave', {})

  const [alone, beside] = [without.latencies, latencies].map((counts) => new LatencyHistogram(counts).percentileUs(0.99) / 1000) as [number, number]
  const figures: Figure[] = [
    { name: 'publish to receipt p50, all well', value: new LatencyHistogram(without.latencies).percentileUs(0.5) / 1000, unit: 'ms' },
    { name: 'publish to receipt p99, all well', value: alone, unit: 'ms' },
    { name: 'publish to receipt p50, beside it', value: new LatencyHistogram(latencies).percentileUs(0.5) / 1000, unit: 'ms' },
    { name: 'publish to receipt p99, beside it', value: beside, unit: 'ms', atMost: 1.5 * alone + 5 },
    { name: 'healthy deliveries missing', value: Math.max(0, healthy - sink.distinct), unit: `of ${healthy}`, atMost: 0 },
    { name: 'attempts that hung', value: sink.hung, unit: '' },
    { name: 'resident', value: megabytes(without.server.residentBytes), unit: 'MB', atMost: mostResidentMb },
  ]
  return { scenario: hanging.name, figures, remarks: [], detail: { without: without.server, sink } }
}
