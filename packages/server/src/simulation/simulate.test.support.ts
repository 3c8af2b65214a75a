import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { partitionedFact } from '../partitions/make-partitions.js'
import { sql } from '../storage/sql.js'
import { Ledger, type Answer, type Violation } from './ledger.test.support.js'
import { openOf } from './model-database.test.support.js'
import { ModelServer } from './model-server.test.support.js'
import { SimulatedNode } from './simulated-node.test.support.js'
import { SimulatedWakeup } from './simulated-wakeup.test.support.js'
import { World } from './world.test.support.js'

export interface Simulated { seed: number; steps: number; violation: Violation | undefined; counts: Ledger['counts']; trace: string }

/** Short episodes of publishes that come close together: what is lost then is not found again by the next one. */
const weathers = [
  { steps: 500, publishesEveryMs: 1_200, closeTogether: 0.9, harmEveryMs: 0 },
  { steps: 500, publishesEveryMs: 1_200, closeTogether: 0.9, harmEveryMs: 0 },
  { steps: 2_000, publishesEveryMs: 200, closeTogether: 0.3, harmEveryMs: 0 },
  { steps: 1_500, publishesEveryMs: 500, closeTogether: 0.3, harmEveryMs: 800 },
  { steps: 1_500, publishesEveryMs: 700, closeTogether: 0.3, harmEveryMs: 1_500 },
  { steps: 2_000, publishesEveryMs: 200, closeTogether: 0.3, harmEveryMs: 1_800 },
]

/** When nothing has moved for so long though all may end, that is given up. */
const stuckAfterMs = 25_000

const organizations = [1, 2]
const endpoints = [
  { id: 1, organization: 1, ordered: 1 }, { id: 2, organization: 1, ordered: 0 },
  { id: 3, organization: 2, ordered: 1 }, { id: 4, organization: 2, ordered: 0 },
]

/**
 * Runs two nodes for so many steps: publishers, replays and endpoints that fail, while nodes are killed and paused and
 * replies are lost. It ends at the first thing that must never happen. The same seed gives the same run.
 */
export async function simulate(seed: number, steps: number): Promise<Simulated> {
  const original = crypto.randomUUID
  const simulation = new Simulation(seed)
  crypto.randomUUID = () => simulation.uuid()
  syncBuiltinESMExports()
  try {
    while (simulation.world.steps < steps && !simulation.isBroken) await simulation.episode()
  } finally {
    crypto.randomUUID = original
    syncBuiltinESMExports()
  }
  const { violation, counts } = simulation.ledger
  return { seed, steps: simulation.world.steps, violation, counts, trace: violation === undefined ? '' : simulation.world.trace(60, /event \d+ for endpoint \d+/.exec(violation.what)?.[0]) + `\n  and all of the last:\n` + simulation.world.trace(40) }
}

class Simulation {
  readonly world: World
  readonly server: ModelServer
  readonly ledger: Ledger
  readonly nodes: SimulatedNode[]
  readonly #illUntil = new Map<number, number>()
  #isWild = false
  #underWay = 0
  #keys = 0
  #uuids = 0

  constructor(seed: number) {
    const world = this.world = new World(seed)
    this.ledger = new Ledger(world, (endpointId) => endpoints.some(({ id, ordered }) => id === endpointId && ordered === 1), (eventId, endpointId) => this.#mayReplayAtOnce(eventId, endpointId))
    this.server = new ModelServer(() => Math.floor(world.now), (transaction, changes) => this.ledger.committed(transaction, changes))
    this.#furnish()
    // Idle lanes are let go of at once in one half of the runs, and never in the other: to let go looks once more, and so mends what else would be stuck.
    // And in three quarters of them each takes itself for the only one: shares say where work goes first, and nothing may hang on them.
    const around = { world, agreeOnShares: world.isChosen(0.25), air: new SimulatedWakeup(world, world.isChosen(0.5)), idleMs: world.oneOf([300, 86_400_000]), server: this.server, ledger: this.ledger, answer: (endpointId: number) => this.#answer(endpointId) }
    this.nodes = [new SimulatedNode('alice', around, 0), new SimulatedNode('bob', around, world.below(8_000) - 4_000)]
    for (const node of this.nodes) node.start()
  }

  get isBroken(): boolean { return this.ledger.violation !== undefined }

  uuid(): `${string}-${string}-${string}-${string}-${string}` {
    return `session-${++this.#uuids}-of-this-simulation`
  }

  /** A while in which anything may happen, and then as long as it takes until everything has ended. */
  async episode(): Promise<void> {
    const { world, ledger, server } = this
    this.#isWild = true
    const { steps, publishesEveryMs, closeTogether, harmEveryMs } = world.oneOf(weathers)
    const until = world.steps + steps
    const episode = new Episode()
    this.#often(episode, publishesEveryMs, () => this.#publishSome(closeTogether))
    this.#often(episode, 400, () => this.#replay())
    this.#often(episode, 1_200, () => this.#meddle())
    this.#often(episode, 1_200, () => { this.#illUntil.set(world.oneOf(endpoints).id, world.now + world.random() * 8_000) })
    if (harmEveryMs > 0) this.#often(episode, harmEveryMs, () => this.#harm())
    await this.#go(() => world.steps >= until)

    episode.isOver = true
    this.#isWild = false
    this.#illUntil.clear()
    world.tell('simulation', 'lets everything end')
    for (const node of this.nodes) {
      node.cutsUntil = 0
      node.goOn()
    }
    ledger.lastMovedAt = world.now
    const left = (): string[] => [...this.#underWay > 0 ? ['a publish'] : [], ...ledger.unfinished(endpointsOf)]
    let lookAt = 0
    do {
      await this.#go(() => {
        if (world.now < lookAt) return false
        lookAt = world.now + 500
        this.#resumeEndpoints()
        return world.now > ledger.lastMovedAt + stuckAfterMs || left().length === 0
      })
      const [first, ...others] = left()
      if (first !== undefined) ledger.break('stuck', `${first} is pending, and nothing has moved for ${stuckAfterMs / 1000} s (${others.length} more).\n  lanes: ${JSON.stringify(server.rowsOf('lanes'))}\n  sessions: ${JSON.stringify(server.rowsOf('sessions'))}`)
      // What is late yet, of requests and settlements, comes; a replay among it has to end as well.
      const settled = world.now + 3_000
      await this.#go(() => world.now > settled)
    } while (!this.isBroken && left().length > 0)
    if (this.isBroken) return
    ledger.settleTheBooks()
    for (const table of ['events', 'event_keys', 'deliveries', 'attempts', 'tallies', 'counters']) server.remove(table, () => true)
  }

  async #go(isOver: () => boolean): Promise<void> {
    while (!this.isBroken && !isOver()) {
      if (!this.world.step()) return
      // Whatever the step has woken runs until it waits again.
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }

  #furnish(): void {
    const { server } = this
    server.beginSequence('event_ids', Math.floor(this.world.now / 86_400_000) * 2 ** 32 + 1)
    server.put('schema_migrations', { number: 1 })
    server.put('installation', { name: partitionedFact, value: String(Number.MAX_SAFE_INTEGER) })
    server.put('formats', { name: 'standard' })
    for (const id of organizations) {
      server.put('organizations', { id, public_id: `org-${id}`, name: `org-${id}`, retry_policy: '{"schedule":["0s","200ms","1s","3s"]}' })
      server.put('streams', { organization_id: id })
      server.put('cursors', { organization_id: id })
    }
    for (const { id, organization, ordered } of endpoints) {
      server.put('endpoints', { id, organization_id: organization, url: `https://receiver-${id}.example/${id}`, ordered, secrets: 'sealed' })
      server.put('lanes', { endpoint_id: id, organization_id: organization })
    }
  }

  /** Again and again while the episode lasts, about every so many milliseconds. */
  #often(episode: Episode, everyMs: number, happen: () => void): void {
    this.world.after(this.world.random() * 2 * everyMs, undefined, () => {
      if (episode.isOver) return
      happen()
      this.#often(episode, everyMs, happen)
    })
  }

  #answer(endpointId: number): Answer {
    if (!this.#isWild) return 'accepted'
    const isIll = (this.#illUntil.get(endpointId) ?? 0) > this.world.now
    const chance = this.world.random()
    if (!isIll) return chance < 0.97 ? 'accepted' : chance < 0.98 ? 'lost' : 'refused'
    return chance < 0.15 ? 'accepted' : chance < 0.8 ? 'refused' : chance < 0.92 ? 'closed' : chance < 0.97 ? 'lost' : 'hung'
  }

  #publishSome(closeTogether: number): void {
    const { world } = this
    const organizationId = world.oneOf(organizations)
    const node = world.oneOf(this.nodes)
    this.#publish(organizationId, node)
    for (let ms = world.random() * 150; world.isChosen(closeTogether) && ms < 400; ms += world.random() * 150) world.after(ms, undefined, () => this.#publish(organizationId, node))
  }

  /** A publisher tries the same again, anywhere, until it is told that it was accepted. */
  #publish(organizationId: number, first: SimulatedNode): void {
    const { world } = this
    let at = first
    const count = world.isChosen(0.06) ? 12 : 1 + world.below(2)
    const keys = Array.from({ length: count }, () => `key-${++this.#keys}`)
    this.#underWay++
    const attempt = (): void => {
      const { node, process } = at
      at = world.oneOf(this.nodes)
      if (node === undefined) return void world.after(100, undefined, attempt)
      let isAnswered = false
      const callOff = world.after(5_000, undefined, () => { isAnswered = true; attempt() })
      const answer = (happen: () => void): void => {
        world.after(world.latencyMs, process, () => world.after(0, undefined, () => {
          if (isAnswered) return
          isAnswered = true
          callOff()
          happen()
        }))
      }
      world.after(world.latencyMs, process, () => {
        const now = Math.floor(world.now)
        node.publish(keys.map((key) => ({ organizationId, type: 'order.created', data: '{"n":1}', occurredAt: now, createdAt: now, origin: 0, bytes: 7, keys: [{ key, digest: '' }] }))).then((appended) => answer(() => {
          this.#underWay--
          for (const result of appended) {
            if (result.kind !== 'appended' && result.kind !== 'repeated') return this.ledger.break('fault of our own', `A publish came to ${result.kind}.`)
            this.ledger.accepted.set(result.id, organizationId)
            this.ledger.counts.accepted++
          }
        }), () => answer(() => void world.after(200, undefined, attempt)))
      })
    }
    attempt()
  }

  /** Somebody asks for a delivery once more, whether it has ended or not. */
  #replay(): void {
    const { world } = this
    const known = this.ledger.recent(world.oneOf([4, 40])).filter(({ eventId, row }) => !isForDiscarding(eventId) && (Number(row.state) >= 2 || world.isChosen(0.2)))
    if (known.length === 0) return
    const { eventId, endpointId } = world.oneOf(known)
    this.#call('replayDelivery', { eventId, endpointId, organizationId: organizationOf(endpointId) })
  }

  /** It has just ended, and whoever settled it may not know so yet. */
  #mayReplayAtOnce(eventId: number, endpointId: number): void {
    if (!this.#isWild || isForDiscarding(eventId) || !this.world.isChosen(this.nodes.some(({ cutsUntil }) => cutsUntil > this.world.now) ? 0.5 : 0.02)) return
    this.#call('replayDelivery', { eventId, endpointId, organizationId: organizationOf(endpointId) })
  }

  /** Somebody discards a delivery, or pauses an endpoint for a moment. */
  #meddle(): void {
    const { world } = this
    const { id, organization } = world.oneOf(endpoints)
    if (world.isChosen(0.3)) {
      const waiting = this.ledger.recent(100).filter(({ eventId, row }) => Number(row.state) < 2 && isForDiscarding(eventId))
      if (waiting.length > 0) {
        const { eventId, endpointId } = world.oneOf(waiting)
        this.#call('discardDelivery', { eventId, endpointId, organizationId: organizationOf(endpointId) })
      }
      return
    }
    this.#call('moveEndpoint', { organizationId: organization, id, action: 'pause' })
    world.after(world.random() * (world.isChosen(0.6) ? 400 : 3_000), undefined, () => this.#call('moveEndpoint', { organizationId: organization, id, action: 'resume' }))
  }

  #resumeEndpoints(): void {
    for (const { id, state, organization_id: organizationId } of this.server.rowsOf('endpoints')) {
      if (state !== 0) this.#call('moveEndpoint', { organizationId, id, action: 'resume' })
    }
  }

  /** A request to any node that runs; what is answered matters to nobody. */
  #call(name: 'replayDelivery' | 'discardDelivery' | 'moveEndpoint' | 'fenceDeadSessions', input: object): void {
    const node = this.world.oneOf(this.nodes)
    this.world.after(this.world.latencyMs, node.process, () => {
      node.store.command(name, input as never).catch((error: Error) => {
        if (!['Problem', 'DatabaseAway'].includes(error.name)) this.ledger.break('fault of our own', `${name}: ${error.stack}`)
      })
    })
  }

  #harm(): void {
    const { world, ledger } = this
    const node = world.oneOf(this.nodes)
    if (node.process.state !== 'running') return
    // Harm is worst in the middle of a transaction.
    if (![...openOf(node.process)].some(({ what }) => what === 'turn') && world.isChosen(0.95)) return void world.after(4, undefined, () => this.#harm())
    const kind = world.oneOf(['kill', 'pause', 'pause', 'cut', 'cut'] as const)
    if (kind === 'cut') {
      node.cutsUntil = world.now + 500 + world.random() * 6_000
      return
    }
    const fault = ledger.fault(node.name, kind)
    const { process } = node
    if (kind === 'kill') {
      node.kill()
      world.after(100 + world.random() * 3_000, undefined, () => node.start())
      return
    }
    // It knows at its next renewal, if not before, what became of its session.
    const isOver = (): void => {
      if (this.server.rowsOf('sessions').some((row) => row.node === node.name && Number(row.alive_until) > world.now)) fault.until = world.now
    }
    node.pause(world.isChosen(0.3), isOver)
    const forMs = world.random() * (world.isChosen(0.1) ? 70_000 : world.isChosen(0.3) ? 14_000 : 2_000)
    // As an operator may: its session is made to run out at once, since nothing may hang on the clock.
    const isEnded = world.isChosen(0.5)
    if (isEnded) {
      this.#endSessionOf(node.name)
      this.#call('fenceDeadSessions', {})
    }
    world.after(forMs, undefined, () => {
      if (node.process === process) node.goOn()
    })
  }

  #endSessionOf(node: string): void {
    const transaction = this.server.begin('operator', 'end session')
    const done = this.server.execute(transaction, sql`update sessions set alive_until = 0 where node = ${node}`).next().done === true
    if (done) this.server.commit(transaction)
    else this.server.rollback(transaction)
  }
}

class Episode { isOver = false }

/** What is discarded is not replayed: one that was discarded in the middle of an attempt, and then replayed, may go out twice. */
function isForDiscarding(eventId: number): boolean {
  return eventId % 5 === 0
}

function endpointsOf(organizationId: number): number[] {
  return endpoints.filter(({ organization }) => organization === organizationId).map(({ id }) => id)
}

function organizationOf(endpointId: number): number {
  return endpoints.find(({ id }) => id === endpointId)?.organization ?? 0
}
