import type { JustAppended } from '../dispatch/just-appended.js'
import type { Parked } from './parked.js'
import type { Relayed } from './relay-rows.js'
import type { WaitingRow } from './waiting.js'

export interface RelaySurroundings {
  look(limit: number): Promise<WaitingRow[]>
  move(ids: number[]): Promise<Relayed>
  /** These are in their streams now. */
  appended(events: JustAppended): void
  parked(events: readonly Parked[]): void
  report(error: unknown, what: string): void
  random(): number
  after(ms: number, callback: () => void): () => void
  monotonic(): number
}

export const relayLimits = { lookAtMost: 10_000, moveRows: 500, moveBytes: 4 * 1024 * 1024, pollMs: 50, pollAtMostMs: 1_000 } as const

/**
 * Moves what waits in the outbox into the streams, in its order. Applications write there without telling anybody, so a
 * relay on PostgreSQL looks by itself, every node's does; the transactions that move are one at a time.
 */
export class OutboxRelay {
  readonly #around: RelaySurroundings
  #polls = false
  #round: Promise<void> | undefined
  #lookAgain = false
  #isStopped = false
  #callOff: (() => void) | undefined

  constructor(around: RelaySurroundings) {
    this.#around = around
  }

  /** Looks now and, where applications write to the outbox, again and again. */
  start({ polls }: { polls: boolean }): void {
    this.#polls = polls
    this.wake()
  }

  /** Something was put into the outbox just now. */
  wake(): void {
    if (this.#isStopped) return
    this.#lookAgain = true
    this.#round ??= this.#run().then((waitMs) => {
      this.#round = undefined
      this.#plan(waitMs)
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#callOff?.()
    await this.#round
  }

  #plan(waitMs: number | undefined): void {
    if (this.#isStopped) return
    this.#callOff?.()
    if (waitMs !== undefined) this.#callOff = this.#around.after(waitMs * (1 + this.#around.random()), () => this.wake())
    // Woken since the last look.
    if (this.#lookAgain) this.wake()
  }

  /** Looks and moves until there is nothing more, and tells when to look again. */
  async #run(): Promise<number | undefined> {
    let lookMs = 0
    try {
      while (this.#lookAgain && !this.#isStopped) {
        this.#lookAgain = false
        const before = this.#around.monotonic()
        const rows = await this.#around.look(relayLimits.lookAtMost)
        lookMs = this.#around.monotonic() - before
        if (await this.#moveAll(rows) && rows.length === relayLimits.lookAtMost) this.#lookAgain = true
      }
      // Never so often that looking is most of what is done: while somebody holds an old snapshot open, a look passes every
      // row that was moved since.
      return this.#polls ? Math.min(relayLimits.pollAtMostMs, Math.max(relayLimits.pollMs, lookMs * 10)) : undefined
    } catch (error) {
      this.#lookAgain = false
      if (!this.#isStopped) this.#around.report(error, 'The outbox could not be moved to the streams; it is tried again.')
      return relayLimits.pollAtMostMs
    }
  }

  /** False where another node has begun to move. */
  async #moveAll(rows: readonly WaitingRow[]): Promise<boolean> {
    for (const ids of inPortions(rows)) {
      if (this.#isStopped) return false
      const { appended, parked, isElsewhere } = await this.#around.move(ids)
      if (appended.events.length > 0) this.#around.appended(appended)
      if (parked.length > 0) this.#around.parked(parked)
      if (isElsewhere) return false
    }
    return true
  }
}

/** As many rows as one transaction should move, in their order. */
function inPortions(rows: readonly WaitingRow[]): number[][] {
  const portions: number[][] = []
  let portion: number[] = []
  let bytes = 0
  for (const row of rows) {
    if (portion.length === relayLimits.moveRows || (portion.length > 0 && bytes + row.bytes > relayLimits.moveBytes)) {
      portions.push(portion)
      portion = []
      bytes = 0
    }
    portion.push(row.id)
    bytes += row.bytes
  }
  if (portion.length > 0) portions.push(portion)
  return portions
}
