import type { Deliverer } from '../sending/deliverer.js'
import type { Slices } from '../lanes/lanes.js'
import type { Store } from '../operations/store.js'
import type { Pace } from '../time/pace.js'
import type { OwnSession } from './own-session.js'

export const pollTimes = { pollMs: 250, restMs: 1_000, takeAtOnce: 64, takeMeanwhile: 32 } as const

export interface LanePollPartners {
  store: Store
  pace: Pace
  session: OwnSession
  deliverer: Pick<Deliverer, 'woken' | 'taken' | 'satisfied' | 'looksWaiting'>
  /** By the clock that due dates follow. */
  now(): number
  /** The organizations that this node delivers for. Undefined: all. */
  slices(): Slices | undefined
  report(error: unknown, what: string): void
}

/** Looks for lanes of ours that somebody wrote to, and for free ones with work; and again after a while, since what was told may be lost. */
export class LanePoll {
  #isPolling = false
  #isWantedAgain = false
  /** There may be more free lanes that are due than were taken. */
  #hasLeftLanes = false
  #isStopped = false
  #callOff: (() => void) | undefined

  constructor(private readonly partners: LanePollPartners) {}

  async look(): Promise<void> {
    const { session, report } = this.partners
    if (this.#isStopped || session.isBeginning) return
    if (this.#isPolling) {
      this.#isWantedAgain = true
      return
    }
    this.#isPolling = true
    let nextAt: number | null = null
    try {
      do {
        this.#isWantedAgain = false
        nextAt = await this.#lookOnce()
      } while (this.#isWantedAgain && !this.#isStopped)
    } catch (error) {
      if (!this.#isStopped) report(error, 'Lanes could not be polled.')
    } finally {
      this.#isPolling = false
      this.#plan(nextAt)
    }
  }

  /** Lanes have been read, so that there may be room for some that were left. */
  lanesRead(): void {
    if (this.#hasLeftLanes && !this.#isReadingEnough) void this.look()
  }

  stop(): void {
    this.#isStopped = true
    this.#callOff?.()
  }

  async #lookOnce(): Promise<number | null> {
    const { store, session, deliverer, slices } = this.partners
    const { woken, free } = await store.query('lanesToSee', { session: session.token, slices: slices() })
    if (woken.length > 0) deliverer.woken(woken)
    if (free.isDue) {
      // More than can soon be read would only be marked for longer. A few are taken all the same: they may be another organization's.
      const limit = this.#isReadingEnough ? pollTimes.takeMeanwhile : pollTimes.takeAtOnce
      const passOver = deliverer.satisfied
      const taken = await session.owned(store.command('takeLanes', { session: session.token, limit, slices: slices(), passOver }))
      deliverer.taken(taken)
      this.#hasLeftLanes = taken.length === limit || passOver.length > 0
    }
    return free.nextAt
  }

  /** When the next free lane falls due. Where many nodes write, soon in any case; whoever has a file for itself is told of all that is written. */
  #plan(nextAt: number | null): void {
    const { store, pace, now } = this.partners
    const { pollMs, restMs } = pollTimes
    const waitMs = store.dialect === 'postgres' ? pollMs : Math.max(pollMs, Math.min(restMs, (nextAt ?? Infinity) - now()))
    this.#callOff?.()
    if (!this.#isStopped) this.#callOff = pace.after(waitMs, () => void this.look())
  }

  get #isReadingEnough(): boolean { return this.partners.deliverer.looksWaiting >= pollTimes.takeAtOnce }
}
