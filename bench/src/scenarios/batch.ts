import { runFigures, runRemarks } from '../figures.js'
import { unitsFigure } from '../unit.js'
import type { Scenario } from './scenario.js'

/** A hundred events in one request: how fast the stream can grow, and whether deliveries go on meanwhile. */
export const batch: Scenario = {
  name: 'batch',
  about: 'batches of 100 events over 4 connections, to 1,000 endpoints in 100 organizations, with history',
  async play(bench) {
    const shared = await bench.shared()
    await shared.stage.warmUp(shared.world)
    const run = await shared.stage.run(shared.world, { targets: shared.world.single, eventsPerRequest: 100, connections: 4, seconds: Math.ceil(bench.options.seconds / 2) })
    return { scenario: 'batch', figures: [...runFigures(run), await unitsFigure(bench, shared, run)], remarks: runRemarks(run), detail: run.server }
  },
}
