import { attempt } from '../attempts/attempt.js'
import { Connections } from '../attempts/connections.js'
import { targetLoader } from '../attempts/load-targets.js'
import { createDialler } from '../dialling/dial.js'
import { systemResolver } from '../dialling/resolver.js'
import { Node, type NodeObserver } from '../engine/node.js'
import { builtInFormats } from '../formats/built-in-formats.js'
import { createVault } from '../secrets/vault.js'
import { sealContext } from '../endpoints/signing-secrets.js'
import { eventId } from '../ids/public-id.js'
import { InProcessWakeup } from '../wakeup/in-process-wakeup.js'
import type { Store } from '../operations/store.js'
import type { ObservedAttempt } from '../sending/deliverer.js'
import type { Clock } from '../time/clock.js'
import type { NewEvent } from '../events/event.js'
import type { Parked } from '../outbox/parked.js'
import type { Wakeup } from '../wakeup/wakeup.js'
import type { TestDatabase } from './each-database.js'

export const testVault = createVault(new Uint8Array(32).fill(7))
export const testSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export interface RunningNodeOptions { timeoutMs?: number; name?: string; wakeup?: Wakeup; dispatches?: boolean; delivers?: boolean }

/** A node that really runs: its own threads, timers and sockets; only the clock may be the test's. */
export class RunningNode {
  readonly attempts: ObservedAttempt[] = []
  readonly faults: string[] = []
  readonly parked: Parked[] = []
  readonly #connections = new Connections(createDialler({ allow: [], strict: false, resolver: systemResolver() }))

  private constructor(readonly store: Store, readonly clock: Clock) {}
  node!: Node

  static async start(db: TestDatabase, clock: Clock = db.clock, { timeoutMs = 15_000, name = 'test', wakeup = new InProcessWakeup(), ...does }: RunningNodeOptions = {}): Promise<RunningNode> {
    const running = new RunningNode(await db.store(clock), clock)
    const observer: NodeObserver = {
      accepted() {}, committed() {},
      parked: (events) => { running.parked.push(...events) },
      attempt: (observed) => { running.attempts.push(observed) },
      report: (error, what) => { running.faults.push(`${what} ${error instanceof Error ? error.message : String(error)}`) },
    }
    running.node = await Node.start({
      store: running.store, clock, node: name, wakeup, ...does, formats: Object.values(builtInFormats), userAgent: 'Posthorn/test', observer,
      send: (request, done) => attempt(running.#connections, request, done),
      loadTargets: targetLoader({ load: (ids) => running.store.query('loadEndpoints', { ids }), open: testVault.open, defaultTimeoutMs: timeoutMs, now: () => clock.now() }),
    })
    return running
  }

  /** Publishes events of one organization and gives their ids. */
  async publish(organizationId: number, count = 1, event: Partial<NewEvent> = {}): Promise<number[]> {
    const now = this.clock.now()
    const appended = await this.node.publish(Array.from({ length: count }, (_, n): NewEvent => ({ organizationId, type: 'order.created', data: `{"n":${n}}`, occurredAt: now, createdAt: now, origin: 0, bytes: 10, ...event })))
    return appended.map((result) => {
      if (result.kind !== 'appended') throw new Error(`Not appended: ${result.kind}`)
      return result.id
    })
  }

  async stop(): Promise<void> {
    await this.node.stop()
    await this.#connections.close()
    await this.store.close()
  }
}

/** What an endpoint's row holds when its secret is the tests' own. */
export function sealedTestSecret(organization: string, secret = testSecret, previous?: string): string {
  const rotating = previous === undefined ? {} : { previous, overlapEndsAt: Number.MAX_SAFE_INTEGER }
  return testVault.seal(JSON.stringify({ current: secret, ...rotating }), sealContext(organization, 'secrets'))
}

export const shown = (ids: number[]): string[] => ids.map(eventId)
