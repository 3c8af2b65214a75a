import { targetLoader } from '../attempts/load-targets.js'
import { commands } from '../operations/commands.js'
import { Node } from '../engine/node.js'
import { queries } from '../operations/queries.js'
import { emptyMemory } from '../turns/turn.js'
import { builtInFormats } from '../formats/built-in-formats.js'
import { parseEventId } from '../ids/public-id.js'
import { ModelDatabase, openOf, type Wire } from './model-database.test.support.js'
import { Process, type World } from './world.test.support.js'
import type { SimulatedWakeup } from './simulated-wakeup.test.support.js'
import type { AttemptRequest, AttemptResult } from '../attempts/attempt.js'
import type { DelivererLimits } from '../sending/deliverer-limits.js'
import type { Store } from '../operations/store.js'
import type { Answer, Ledger } from './ledger.test.support.js'
import type { ModelServer } from './model-server.test.support.js'

/** A memory that a handful of deliveries fills, so that every limit is met. */
const limits: Omit<DelivererLimits, 'idleMs'> = {
  maxInFlight: 12, startAtOnce: 12, maxOpen: 24, openTimesFree: 3, againShare: 0.75, maxPerOrigin: 8, maxItems: 32, handedItems: 8, muchOfBacklog: 0.25, maxBytes: 1e6, maxLaneItems: 8, leastLaneItems: 4, maxLaneBytes: 1e6,
  readyLanes: 2, lookAtOnce: 3, readAtOnce: 12, readPerLook: { least: 2, most: 6, ofAllLanes: 16, ofLittle: 4 }, releaseAtOnce: 2, faultDelayMs: 500,
}

/** The product's own operations: what a node does in the database. */
const operations = { ...commands, ...queries, registerFormats: async () => [{ id: 1, definition: builtInFormats.standard }] }

/** One node of the product, the real one, which only knows the simulation's time, database and network. */
export class SimulatedNode {
  process!: Process
  node: Node | undefined
  store!: Store
  /** Until then its connections are cut now and then. */
  cutsUntil = 0
  #slept = 0
  #paused: { at: number; isAsleep: boolean; isOver: () => void } | undefined

  /** `skewMs`: by how much its clock is ahead of the database's. */
  constructor(readonly name: string, private readonly around: { world: World; server: ModelServer; ledger: Ledger; air: SimulatedWakeup; answer: (endpointId: number) => Answer; idleMs: number; agreeOnShares: boolean }, private readonly skewMs: number) {}

  start(): void {
    const { world, ledger } = this.around
    const process = new Process(this.name)
    this.process = process
    this.node = undefined
    this.#slept = 0
    this.store = this.#makeStore(process)
    const after = (ms: number, callback: () => void): (() => void) => world.after(ms, process, callback)
    const now = (): number => Math.floor(world.now) + this.skewMs
    world.tell(this.name, 'starts')
    Node.start({
      store: this.store, node: this.name, wakeup: this.around.air.of(process), formats: [builtInFormats.standard], userAgent: 'Posthorn/simulation', limits: { ...limits, idleMs: this.around.idleMs },
      clock: { now, after, random: world.random },
      pace: { monotonic: () => world.now - this.#slept, wall: now, after, soon: (callback) => { world.after(0, process, callback) }, loopTime: () => ({ activeMs: 0, idleMs: world.now }) },
      send: (request, done) => this.#send(process, request, done),
      loadTargets: targetLoader({ load: (ids) => this.store.query('loadEndpoints', { ids }), open: () => '{"current":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}', defaultTimeoutMs: 15_000, now }),
      observer: { accepted() {}, committed() {}, attempt() {}, parked() {}, report: (error, what) => this.#report(error, what) },
    }).then((node) => {
      if (process.state !== 'dead') this.node = node
    }, (error: unknown) => {
      this.#report(error, 'The node could not start.')
      world.after(500, undefined, () => { if (this.process === process && process.state !== 'dead') this.restart() })
    })
    ledger.beganAnew(this.name)
  }

  kill(): void {
    this.process.state = 'dead'
    this.process.heldBack.length = 0
    this.node = undefined
    for (const connection of openOf(this.process)) connection.giveUp()
  }

  restart(): void {
    this.kill()
    this.start()
  }

  /** `isAsleep`: the whole machine sleeps, and its monotonic clock stands still. */
  pause(isAsleep: boolean, isOver: () => void): void {
    this.process.state = 'paused'
    this.#paused = { at: this.around.world.now, isAsleep, isOver }
    for (const connection of openOf(this.process)) connection.endWhenIdle()
  }

  goOn(): void {
    const { world } = this.around
    if (this.process.state !== 'paused' || this.#paused === undefined) return
    if (this.#paused.isAsleep) this.#slept += world.now - this.#paused.at
    world.tell(this.name, 'goes on')
    world.resume(this.process)
    this.#paused.isOver()
  }

  #makeStore(process: Process): Store {
    const { world, server, ledger } = this.around
    const memory = emptyMemory()
    const wire: Wire = {
      world, server, process,
      cut: () => {
        if (world.now >= this.cutsUntil || !world.isChosen(0.25)) return undefined
        const fault = ledger.fault(this.name, 'lost reply')
        return { isStored: world.isChosen(0.7), learned: () => { fault.until = Math.min(fault.until, world.now) } }
      },
    }
    const perform = (name: string, input: unknown): Promise<never> => {
      if (name === 'liveNodes' && !this.around.agreeOnShares) return Promise.resolve([{ node: this.name, dispatches: true, delivers: true }]) as Promise<never>
      const operation = operations[name as keyof typeof operations] as unknown as ((db: ModelDatabase, input: unknown, memory: unknown) => Promise<never>) | undefined
      return operation === undefined ? Promise.reject(new Error(`The simulation has no operation ${name}.`)) : operation(new ModelDatabase(wire, name), input, memory)
    }
    return { dialect: 'postgres', command: perform as Store['command'], query: perform as Store['query'], close: async () => {} }
  }

  #send(process: Process, request: AttemptRequest, done: (result: AttemptResult) => void): void {
    const { world, ledger, answer } = this.around
    const endpointId = Number(request.path.slice(1))
    const sent = ledger.sent(this.name, parseEventId(request.headers['webhook-id'] ?? '') ?? 0, endpointId)
    const end = (result: AttemptResult): void => {
      callOff()
      ledger.ended(sent)
      done(result)
    }
    const callOff = world.after(request.timeoutMs, process, () => end(failed('timeout')))
    world.after(world.latencyMs, undefined, () => {
      const given = answer(endpointId)
      ledger.received(sent, given)
      if (given === 'hung') return
      world.after(world.latencyMs, process, () => { if (sent.endedAt === undefined) end(given === 'accepted' ? accepted : failed(given === 'refused' ? 'http' : 'connect')) })
    })
  }

  /** A database that is away is nobody's fault; anything else is ours. */
  #report(error: unknown, what: string): void {
    const { world, ledger } = this.around
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    world.tell(this.name, 'reports', what, text)
    if (!/DatabaseAway|SessionLost/.test(text)) ledger.break('fault of our own', `${this.name}: ${what} ${error instanceof Error ? error.stack ?? text : text}`)
  }
}

const accepted: AttemptResult = { outcome: { kind: 'accepted' }, durationMs: 1, status: 200, errorClass: null, error: null, responseHeaders: {}, excerpt: null }

function failed(errorClass: 'http' | 'connect' | 'timeout'): AttemptResult {
  return { outcome: { kind: 'failed', errorClass }, durationMs: 1, status: errorClass === 'http' ? 503 : null, errorClass, error: null, responseHeaders: null, excerpt: null }
}
