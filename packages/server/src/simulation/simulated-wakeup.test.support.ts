import type { News, Wakeup } from '../wakeup/wakeup.js'
import type { Process, World } from './world.test.support.js'

/** What nodes tell each other, which only saves time: it may come late, and not at all where nothing is heard. */
export class SimulatedWakeup {
  readonly #hear = new Map<Process, (news: News) => void>()

  constructor(private readonly world: World, private readonly isHeard: boolean) {}

  of(process: Process): Wakeup {
    return {
      isHeard: this.isHeard,
      join: (hear) => {
        this.#hear.set(process, hear)
        return { tell: (news) => this.#tell(process, news), leave: () => { this.#hear.delete(process) } }
      },
      close: async () => {},
    }
  }

  #tell(from: Process, news: News): void {
    for (const [process, hear] of this.#hear) {
      if (process.state === 'dead') this.#hear.delete(process)
      else if (process !== from && this.isHeard) this.world.after(this.world.latencyMs, process, () => hear(news))
    }
  }
}
