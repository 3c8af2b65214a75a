import type { SharedStage } from './scenarios/scenario.js'
import type { Stage } from './stage.js'

/** Gives a new stage what most scenarios share: 1,000 endpoints in 100 organizations, each reached once, and the history. */
export async function setUpSharedStage(stage: Stage, tell: (line: string) => void): Promise<SharedStage> {
  tell('making 1,000 endpoints in 100 organizations')
  const world = await stage.makeWorld('bench', 100, 10)
  const captured = await stage.touchEveryEndpoint(world)
  await stage.server.stop()
  const { history } = stage.options
  if (history > 0) {
    tell(`making a history of ${history.toLocaleString('en')} deliveries`)
    await stage.database.seedHistory(history)
  }
  await stage.server.start()
  return { stage, world, captured }
}
