import { type Figure, runFigures, runRemarks } from '../figures.js'
import { floorsOf } from '../floors.js'
import { unitsFigure } from '../unit.js'
import type { Run } from '../stage.js'
import type { Scenario } from './scenario.js'

/** An open loop at a rate that leaves the machine room: what one publish feels. */
export const latency: Scenario = {
  name: 'latency',
  about: '1,000 single publishes per second (500 on PostgreSQL), to 1,000 endpoints in 100 organizations, with history',
  async play(bench) {
    const shared = await bench.shared()
    const { latencyRate: ratePerSecond, latencyMs } = floorsOf(bench.options)
    await shared.stage.warmUp(shared.world)
    const run = await shared.stage.run(shared.world, { targets: shared.world.single, ratePerSecond, seconds: bench.options.seconds })
    const figures = runFigures(run).map((figure): Figure => (figure.name === 'publish to receipt p99' ? { ...figure, atMost: latencyMs } : figure))
    return { scenario: 'latency', figures: [...figures, await unitsFigure(bench, shared, run)], remarks: [...runRemarks(run), ...paceRemarks(run, ratePerSecond)], detail: run.server }
  },
}

/** An open loop that could not be kept up measures a queue, not the latency at that rate. */
function paceRemarks(run: Run, ratePerSecond: number): string[] {
  const kept = run.published.accepted / run.publishSeconds
  return kept >= 0.97 * ratePerSecond ? [] : [`the latencies are void: only ${kept.toFixed(0)} of ${ratePerSecond} events per second were accepted`]
}
