import { runFigures, runRemarks } from '../figures.js'
import { unitsFigure } from '../unit.js'
import type { Scenario } from './scenario.js'

/** One event for three endpoints: what a delivery costs once its event is there. */
export const fanOut: Scenario = {
  name: 'fan-out',
  about: 'as many single publishes as 64 connections bring, each to three of 1,000 endpoints, with history',
  async play(bench) {
    const shared = await bench.shared()
    await shared.stage.warmUp(shared.world)
    const run = await shared.stage.run(shared.world, { targets: shared.world.triple, seconds: bench.options.seconds })
    return { scenario: 'fan-out', figures: [...runFigures(run), await unitsFigure(bench, shared, run)], remarks: runRemarks(run), detail: run.server }
  },
}
