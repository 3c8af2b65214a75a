import { Handlers, type Handler } from '../consumers/handlers.js'
import { runConsumers } from '../consumers/consumers.js'
import { eventId } from '../ids/public-id.js'
import type { Plans } from '../billing/plans.js'
import type { Clock } from '../time/clock.js'
import type { Node } from '../engine/node.js'
import type { Store } from '../operations/store.js'
import type { Log } from '../observability/log.js'

/** All that reads the streams beside dispatch: Posthorn's own consumers, and an application's handlers. */
export class Consumption {
  readonly #around: ConsumptionAround
  #loops: { wake(organizationIds: readonly number[]): void; stop(): Promise<void> }[] = []

  constructor(around: ConsumptionAround) {
    this.#around = around
  }

  /** Begins to read, where it is this process that consumes. Until then, and after `stop`, nothing is woken. */
  async start(node: Node, { consumes }: { consumes: boolean }): Promise<void> {
    const { store, clock, log, plans, handlers } = this.#around
    const report = (error: unknown, what: string): void => log.error('fault', { what, error })
    const parked = ({ consumer, organizationId, eventId: event, reason }: { consumer: string; organizationId: number; eventId: number; reason: string }): void => {
      log.error('consumer parked an event', { consumer, organization: organizationId, event: eventId(event), reason })
    }
    const own = runConsumers({
      following: (organizations) => store.query('followingOrganizations', { organizations }),
      due: (request) => store.query('dueConsumers', request),
      consume: (request) => store.command('consume', request),
      streamsMoved: (ids) => node.streamsMoved(ids),
      now: () => clock.now(), settings: { plans }, parked, report,
    })
    const app = new Handlers(handlers, {
      session: () => node.session,
      begin: (names) => store.command('beginHandlers', { names }),
      due: (request) => store.query('dueHandlers', request),
      take: (request) => store.command('takeStretch', request),
      settle: (settled) => store.command('settleStretch', settled),
      parked, report,
    })
    await app.begin()
    if (!consumes) return
    this.#loops = [own, app]
    own.start()
    app.start()
  }

  readonly wake = (organizationIds: readonly number[]): void => {
    for (const loop of this.#loops) loop.wake(organizationIds)
  }

  /** Lets what is being taken in come to its end. The node must still have its session. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.splice(0).map((loop) => loop.stop()))
  }
}

export interface ConsumptionAround {
  store: Store
  clock: Clock
  log: Pick<Log, 'error'>
  plans: Plans
  handlers: readonly Handler[]
}
