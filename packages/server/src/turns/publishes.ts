import { Problem } from '../problems/problem.js'
import { isOutcomeUnknown } from '../storage/database-away.js'
import type { Appended } from '../events/append.js'
import type { NewEvent } from '../events/event.js'

export const publishLimits = {
  /** Events that commit together at most. */
  maxEvents: 500,
  maxBytes: 8 * 1024 * 1024,
  /** Publishes that may wait for a commit; more are told to come back. */
  maxWaiting: 20_000,
} as const

/** A publish that waits for its commit. */
export interface Publish { event: NewEvent; resolve: (appended: Appended) => void; reject: (error: Error) => void }

/** Publishes in the order in which they came, each with its publisher's promise. */
export class Publishes {
  #waiting: Publish[] = []
  #first = 0
  #isClosed = false

  get count(): number { return this.#waiting.length - this.#first }

  /** Takes no more from now on. */
  close(): void {
    this.#isClosed = true
  }

  /** Each event's fate, once it is on stable storage. */
  add(events: readonly NewEvent[]): Promise<Appended[]> {
    if (this.#isClosed) return Promise.reject(new Problem('unavailable', 'The server is stopping.', { retryAfterSeconds: 2 }))
    if (this.count + events.length > publishLimits.maxWaiting) return Promise.reject(new Problem('overloaded', `${this.count} publishes wait for the database.`, { retryAfterSeconds: 1 }))
    if (events.length === 1) return this.#wait(events[0] as NewEvent).then((appended) => [appended])
    return Promise.all(events.map((event) => this.#wait(event)))
  }

  /** As many as may commit together. */
  take(): Publish[] {
    const { maxEvents, maxBytes } = publishLimits
    let end = this.#first
    let bytes = 0
    while (end < this.#waiting.length && end - this.#first < maxEvents && bytes < maxBytes) bytes += (this.#waiting[end++] as Publish).event.bytes
    const taken = this.#waiting.slice(this.#first, end)
    this.#first = end
    if (end === this.#waiting.length || end > 4_096) {
      this.#waiting = this.#waiting.slice(end)
      this.#first = 0
    }
    return taken
  }

  #wait(event: NewEvent): Promise<Appended> {
    return new Promise((resolve, reject) => this.#waiting.push({ event, resolve, reject }))
  }
}

export function accept(publishes: readonly Publish[], appended: readonly Appended[]): void {
  for (const [i, { resolve }] of publishes.entries()) resolve(appended[i] as Appended)
}

/** What did not commit because the database is away, busy or full; or nobody knows whether it did. */
export function refuse(publishes: readonly Publish[], error: Error): void {
  const problem = isOutcomeUnknown(error)
    ? new Problem('unavailable', 'The connection to the database was cut; whether this was stored is not known.', { retryAfterSeconds: 2, cause: error, fix: 'Publish it again with the same id or Idempotency-Key after the time in Retry-After; it is stored once.' })
    : new Problem('unavailable', 'The database cannot take events now; nothing of this request was stored.', { retryAfterSeconds: 2, cause: error })
  for (const { reject } of publishes) reject(problem)
}

/**
 * What cannot be stored together: halved until the one that is to blame is alone, and only that is refused. `append` throws
 * where nothing of what it was given was stored.
 */
export async function appendHalves(publishes: readonly Publish[], error: Error, append: (half: readonly Publish[]) => Promise<readonly Appended[]>, refused: (error: Error) => void): Promise<void> {
  if (publishes.length === 1) {
    refused(error)
    publishes[0]?.reject(new Problem('internal', 'This event could not be stored.', { cause: error }))
    return
  }
  const middle = Math.ceil(publishes.length / 2)
  for (const half of [publishes.slice(0, middle), publishes.slice(middle)]) {
    try {
      accept(half, await append(half))
    } catch (problem) {
      await appendHalves(half, problem as Error, append, refused)
    }
  }
}
