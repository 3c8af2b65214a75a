import { type Figure, runFigures, runRemarks } from '../figures.js'
import { unitsFigure } from '../unit.js'
import type { Scenario } from './scenario.js'

/** An open loop at a rate that leaves the machine room: what one publish feels. */
export const latency: Scenario = {
  name: 'latency',
  about: '1,000 single publishes per second, to 1,000 endpoints in 100 organizations, with history',
  async play(bench) {
    const shared = await bench.shared()
    await shared.stage.warmUp(shared.world)
    const run = await shared.stage.run(shared.world, { targets: shared.world.single, ratePerSecond: 1000, seconds: bench.options.seconds })
    const figures = runFigures(run).map((figure): Figure => (figure.name === 'publish to receipt p99' ? { ...figure, atMost: 50 } : figure))
    return { scenario: 'latency', figures: [...figures, await unitsFigure(bench, shared, run)], remarks: runRemarks(run), detail: run.server }
  },
}
