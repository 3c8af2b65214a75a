import { Problem } from '../problems/problem.js'
import type { Counted, SourceReceipt } from './receive.js'
import type { Received } from './receipt.js'

export const receiveLimits = {
  /** Receipts that commit together at most. */
  maxReceipts: 200,
  maxBytes: 8 * 1024 * 1024,
  /** What may wait for a commit; more is told to come back. */
  maxWaiting: 5_000,
  maxWaitingBytes: 128 * 1024 * 1024,
  /** Commits begin at least this far apart: each is followed by one that dispatches, and company makes both cheaper for each. */
  apartMs: 5,
  /** How long what was only counted waits for receipts to ride with. */
  countWithinMs: 1_000,
} as const

export interface ReceivePartners {
  commit(batch: { receipts: readonly SourceReceipt[]; counted: readonly Counted[] }): Promise<Received[]>
  streamsMoved(organizationIds: readonly number[]): void
  /** Whether the same work may succeed later. */
  isAway(error: Error): boolean
  report(error: unknown, what: string): void
}

interface Waiting { receipt: SourceReceipt; resolve: (received: Received) => void; reject: (error: Error) => void }

/** Brings receipts to the database: while one commit runs, the next gathers, so that the disk is waited for once for many. */
export class ReceiveLoop {
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #counted: Counted[] = []
  #isRunning = false
  #isScheduled = false
  #lastStartAt = 0
  #countTimer: NodeJS.Timeout | undefined

  constructor(private readonly partners: ReceivePartners) {}

  /** Fulfilled once it is on stable storage. */
  receive(receipt: SourceReceipt): Promise<Received> {
    const bytes = receipt.receipt.body.byteLength
    if (this.#waiting.length >= receiveLimits.maxWaiting || this.#waitingBytes + bytes > receiveLimits.maxWaitingBytes) {
      return Promise.reject(new Problem('overloaded', `${this.#waiting.length} receipts wait for the database.`, { retryAfterSeconds: 1 }))
    }
    this.#waitingBytes += bytes
    return new Promise((resolve, reject) => {
      this.#waiting.push({ receipt, resolve, reject })
      this.#schedule()
    })
  }

  /** For what has no receipt of its own. */
  count(counted: Counted): void {
    const last = this.#counted.find(({ sourceId, verdict }) => sourceId === counted.sourceId && verdict === counted.verdict)
    if (last !== undefined) last.count += counted.count
    else this.#counted.push({ ...counted })
    this.#countTimer ??= setTimeout(() => this.#schedule(), receiveLimits.countWithinMs).unref()
  }

  #schedule(): void {
    if (this.#isRunning || this.#isScheduled) return
    this.#isScheduled = true
    const waitMs = receiveLimits.apartMs - (performance.now() - this.#lastStartAt)
    // What is being read in this very tick comes along.
    if (waitMs <= 0.5) setImmediate(() => void this.#run())
    else setTimeout(() => void this.#run(), Math.ceil(waitMs))
  }

  async #run(): Promise<void> {
    this.#isScheduled = false
    this.#isRunning = true
    this.#lastStartAt = performance.now()
    const taken = this.#take()
    const counted = this.#counted.splice(0)
    clearTimeout(this.#countTimer)
    this.#countTimer = undefined
    await this.#commit(taken, counted)
    this.#isRunning = false
    if (this.#waiting.length > 0) this.#schedule()
  }

  #take(): Waiting[] {
    let end = 0
    let bytes = 0
    while (end < this.#waiting.length && end < receiveLimits.maxReceipts && bytes < receiveLimits.maxBytes) bytes += (this.#waiting[end++] as Waiting).receipt.receipt.body.byteLength
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, end)
  }

  /** When one of many cannot be stored, the batch is halved until that one is alone and only it is refused. */
  async #commit(taken: readonly Waiting[], counted: readonly Counted[]): Promise<void> {
    try {
      const received = await this.partners.commit({ receipts: taken.map(({ receipt }) => receipt), counted })
      this.partners.streamsMoved([...new Set(received.flatMap(({ organizationIds }) => organizationIds))])
      for (const [i, { resolve }] of taken.entries()) resolve(received[i] as Received)
    } catch (error) {
      const isAway = this.partners.isAway(error as Error)
      if (isAway || taken.length <= 1) {
        this.partners.report(error, isAway ? 'Receipts could not be stored.' : 'A receipt could not be stored.')
        const problem = isAway ? new Problem('unavailable', 'The database cannot take webhooks now; nothing of this request was stored.', { retryAfterSeconds: 5, cause: error }) : error as Error
        for (const { reject } of taken) reject(problem)
        return
      }
      const middle = Math.ceil(taken.length / 2)
      await this.#commit(taken.slice(0, middle), counted)
      await this.#commit(taken.slice(middle), [])
    }
  }
}
