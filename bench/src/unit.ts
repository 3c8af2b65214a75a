import type { Figure } from './figures.js'
import { measureCeiling } from './measured-ceiling.js'
import type { Bench, SharedStage } from './scenarios/scenario.js'
import type { Run } from './stage.js'

/** How many bare posts' worth of CPU a delivery of this run cost. The unit is the main scenario's; without it, it is measured now. */
export async function unitsFigure(bench: Bench, { stage, world, captured }: SharedStage, run: Run): Promise<Figure> {
  bench.known.cpuUsPerPost ??= (await measureCeiling(stage, captured, world.secret)).best.cpuUsPerPost
  return { name: 'units', value: run.server.cpuUs / run.sink.distinct / bench.known.cpuUsPerPost, unit: 'posts per delivery' }
}
