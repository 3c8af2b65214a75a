import { runFigures, runRemarks } from '../figures.js'
import { unitsFigure } from '../unit.js'
import type { Scenario } from './scenario.js'

/** Everything to one address: one lane has to carry it all. */
export const oneEndpoint: Scenario = {
  name: 'one-endpoint',
  about: 'as many single publishes as 64 connections bring, all to one endpoint, with history',
  async play(bench) {
    const shared = await bench.shared()
    await shared.stage.warmUp(shared.world)
    const world = await shared.stage.makeWorld('one endpoint', 1, 1)
    const run = await shared.stage.run(world, { targets: world.single, seconds: bench.options.seconds })
    return { scenario: 'one-endpoint', figures: [...runFigures(run), await unitsFigure(bench, shared, run)], remarks: runRemarks(run), detail: run.server }
  },
}
