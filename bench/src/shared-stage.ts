import { Stage } from './stage.js'
import type { Options } from './options.js'
import type { SharedStage } from './scenarios/scenario.js'

/** Opens the stage that most scenarios share: 1,000 endpoints in 100 organizations, each reached once, and the history. */
export async function openSharedStage(options: Options, tell: (line: string) => void): Promise<SharedStage> {
  const stage = await Stage.open(options, tell)
  try {
    tell('making 1,000 endpoints in 100 organizations')
    const world = await stage.makeWorld('bench', 100, 10)
    const captured = await stage.touchEveryEndpoint(world)
    await stage.server.stop()
    if (options.history > 0) {
      tell(`making a history of ${options.history.toLocaleString('en')} deliveries`)
      await stage.databaseFile.ask('seedHistory', { file: stage.server.databaseFile, deliveries: options.history })
    }
    await stage.server.start()
    return { stage, world, captured }
  } catch (error) {
    await stage.close()
    throw error
  }
}
