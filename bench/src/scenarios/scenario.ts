import type { ScenarioResult } from '../figures.js'
import type { Options } from '../options.js'
import type { Captured } from '../sink.js'
import type { Stage } from '../stage.js'
import type { World } from '../world.js'

/** One question that is asked of the product, and how it is answered. */
export interface Scenario {
  name: string
  /** The question, for the table. */
  about: string
  /** The one database that it is about; both, unless it says so. */
  database?: 'postgres'
  /** Played only where it is named: it takes long. */
  isOnRequest?: boolean
  play(bench: Bench): Promise<ScenarioResult>
}

/** What a scenario may use. */
export interface Bench {
  options: Options
  tell(line: string): void
  /** The stage that scenarios share: 1,000 endpoints in 100 organizations, and the history. The server has just been restarted and is cold. */
  shared(): Promise<SharedStage>
  /** A stage of its own, empty; it is closed when the scenario has ended. */
  own(): Promise<Stage>
  /** What earlier scenarios of this run found, to be compared with. */
  known: Known
}

export interface SharedStage {
  stage: Stage
  world: World
  /** One request to each endpoint, as the product sent it. */
  captured: Captured[]
}

export interface Known {
  /** Deliveries per second of the main scenario. */
  deliveredPerSecond?: number
  /** CPU of one ceiling post, in microseconds: the unit. */
  cpuUsPerPost?: number
}
