import { afterFailure, reasonOf } from './after-failure.js'
import { WokenLoop } from './woken-loop.js'
import type { CursorKey } from './consume.js'
import type { HandledEvent, SettledStretch, Stretch } from './take-stretch.js'

/** A function of the application that is told of events. */
export interface Handler {
  /** The consumer that it is, by which its place in the streams is remembered. */
  consumer: string
  patterns: readonly string[]
  timeoutMs: number
  retryWaitsMs: readonly number[]
  handle(event: HandledEvent): Promise<void> | void
}

/** What handlers find around them. */
export interface HandlersAround {
  /** The node's session, which ends with its process. */
  session(): string
  begin(names: readonly string[]): Promise<void>
  due(request: { names: readonly string[]; session: string; organizations: readonly number[] | undefined; limit: number }): Promise<CursorKey[]>
  take(request: CursorKey & { session: string; patterns: readonly string[]; limit: number }): Promise<Stretch | undefined>
  settle(settled: SettledStretch): Promise<boolean>
  parked(event: CursorKey & { eventId: number; reason: string }): void
  report(error: unknown, what: string): void
}

const pollMs = 2_000
/** Stretches that are worked on at once; each is of another consumer or organization, so that a slow one delays no other. */
const stretchesAtOnce = 8
const eventsInStretch = 50
/** A crash repeats at most what was done since the last settlement. */
const settleEveryMs = 500

/** Tells an application's handlers what the streams hold: each event at least once, an organization's in their order. */
export class Handlers {
  readonly #handlers: ReadonlyMap<string, Handler>
  readonly #loop: WokenLoop
  readonly #running = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(handlers: readonly Handler[], private readonly around: HandlersAround) {
    this.#handlers = new Map(handlers.map((handler) => [handler.consumer, handler]))
    this.#loop = new WokenLoop({
      pollMs,
      work: (organizations) => this.#fill(organizations),
      report: (error) => this.around.report(error, 'Handlers could not be told of events; it is tried again.'),
    })
  }

  /** Makes their places known: a handler that is new begins here, even where another process is the one that tells it. */
  async begin(): Promise<void> {
    if (this.#handlers.size > 0) await this.around.begin([...this.#handlers.keys()])
  }

  start(): void {
    if (this.#handlers.size > 0) this.#loop.start()
  }

  wake(organizationIds: readonly number[]): void {
    if (this.#handlers.size > 0) this.#loop.wake(organizationIds)
  }

  /** Lets each handler finish the event that it has, and keeps what was done. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#loop.stop()
    await Promise.all(this.#running.values())
  }

  async #fill(organizations: readonly number[] | undefined) {
    const free = stretchesAtOnce - this.#running.size
    // Whoever ends a stretch looks at all of them again.
    if (free <= 0) return { behind: [], isMoreOfAll: false }
    const due = await this.around.due({ names: [...this.#handlers.keys()], session: this.around.session(), organizations, limit: free + this.#running.size })
    // What this very process works on seems free to its own session.
    const fresh = due.map((cursor) => ({ cursor, key: `${cursor.consumer} ${cursor.organizationId}` })).filter(({ key }) => !this.#running.has(key)).slice(0, free)
    for (const { cursor, key } of fresh) {
      this.#running.set(key, this.#work(cursor).finally(() => {
        this.#running.delete(key)
        if (due.length >= free) this.#loop.wakeAll()
      }))
    }
    return { behind: [], isMoreOfAll: false }
  }

  async #work(cursor: CursorKey): Promise<void> {
    const handler = this.#handlers.get(cursor.consumer) as Handler
    const session = this.around.session()
    try {
      const stretch = await this.around.take({ ...cursor, session, patterns: handler.patterns, limit: eventsInStretch })
      if (stretch === undefined) return
      const run = new StretchRun(handler, stretch, session, this.around, () => this.#isStopped)
      const waitMs = stretch.events.length + stretch.deadLetters.length > 0 ? await run.run() : 0
      if (waitMs > 0 && waitMs < pollMs) setTimeout(() => this.#loop.wake([cursor.organizationId]), waitMs + 1).unref()
      else if (stretch.hasMore && waitMs === 0) this.#loop.wake([cursor.organizationId])
    } catch (error) {
      // It is free for this session still; what is not settled is told again.
      this.around.report(error, 'A handler\'s place in a stream could not be written down.')
    }
  }
}

/** One handler at work on one stretch. */
class StretchRun {
  #readId: number
  #attempts: number
  #parked: { eventId: number; attempts: number; reason: string }[] = []
  #unparked: number[] = []
  #settledAt = performance.now()
  /** Another session has the stretch now, and tells it. */
  #isLost = false

  constructor(private readonly handler: Handler, private readonly stretch: Stretch, private readonly session: string, private readonly around: HandlersAround, private readonly isStopped: () => boolean) {
    // Not yet past the first event: what lies before it was for nobody here.
    this.#readId = stretch.events[0] === undefined ? stretch.readTo : stretch.events[0].id - 1
    this.#attempts = stretch.attempts
  }

  /** Tells how long the next event has to wait. */
  async run(): Promise<number> {
    for (const event of this.stretch.deadLetters) {
      const error = await this.#try(event)
      if (error === undefined) this.#unparked.push(event.id)
      else this.#park(event.id, event.attempts + 1, reasonOf(error.thrown))
    }
    for (const event of this.stretch.events) {
      if (this.isStopped()) return this.#settle(0, false)
      const error = await this.#try(event)
      const failure = error === undefined ? undefined : afterFailure(error.thrown, this.#attempts, this.handler.retryWaitsMs)
      if (failure?.kind === 'again') {
        this.#attempts = failure.attempts
        return this.#settle(failure.waitMs, false)
      }
      if (failure !== undefined) this.#park(event.id, failure.attempts, failure.reason)
      this.#readId = event.id
      this.#attempts = 0
      if (performance.now() - this.#settledAt > settleEveryMs) await this.#settle(0, true)
      if (this.#isLost) return 0
    }
    this.#readId = this.stretch.readTo
    return this.#settle(0, false)
  }

  async #try(event: HandledEvent): Promise<{ thrown: unknown } | undefined> {
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The handler took longer than ${this.handler.timeoutMs} ms.`)), this.handler.timeoutMs)
    })
    try {
      await Promise.race([(async () => this.handler.handle(event))(), tooLong])
      return undefined
    } catch (thrown) {
      return { thrown }
    } finally {
      clearTimeout(timer)
    }
  }

  #park(eventId: number, attempts: number, reason: string): void {
    this.#parked.push({ eventId, attempts, reason })
    this.around.parked({ consumer: this.stretch.consumer, organizationId: this.stretch.organizationId, eventId, reason })
  }

  async #settle(waitMs: number, isToGoOn: boolean): Promise<number> {
    const { consumer, organizationId } = this.stretch
    const isOurs = await this.around.settle({ consumer, organizationId, session: this.session, readId: this.#readId, attempts: this.#attempts, waitMs, parked: this.#parked, unparked: this.#unparked, isToGoOn })
    this.#parked = []
    this.#unparked = []
    this.#settledAt = performance.now()
    this.#isLost = !isOurs
    return waitMs
  }
}
