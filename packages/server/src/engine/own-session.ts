import { randomUUID } from 'node:crypto'
import { sessionMs } from '../lanes/sessions.js'
import { isOutcomeUnknown } from '../storage/database-away.js'
import type { LiveNode } from '../lanes/sessions.js'
import type { Store } from '../operations/store.js'
import type { Pace } from '../time/pace.js'

/** The longest time that an endpoint may be given to answer, and two seconds for a busy machine. */
const longestAttemptMs = 32_000

/** A session that could not be begun is begun again after this. */
const beginAgainMs = 500

interface Clocks { monotonic: number; wall: number }

export interface SessionPartners {
  store: Store
  pace: Pace
  self: LiveNode
  isStopped(): boolean
  /** It is lost, and with it all that memory held under it. Also called once another has begun, for what came in between. */
  lost(): void
  /** Another has begun. */
  begunAnew(): Promise<void>
  report(error: unknown, what: string): void
}

/**
 * This node's claim on its lanes: what it holds in memory hangs on it. Where it was lost, or nobody knows what it owns
 * because a reply was, it is given up for another one.
 */
export class OwnSession {
  #token = ''
  #isBeginning = false
  /** When it was last known to be alive. */
  #provenAt: Clocks = { monotonic: -Infinity, wall: 0 }

  constructor(private readonly partners: SessionPartners) {}

  /** Another one after it was lost. Empty before the first has begun. */
  get token(): string { return this.#token }
  /** Another is being begun. */
  get isBeginning(): boolean { return this.#isBeginning }

  /** Whether what was done under this token says anything of what is ours now. */
  isStill(token: string): boolean {
    return token === this.#token && !this.#isBeginning
  }

  async begin(): Promise<void> {
    const { store, self } = this.partners
    this.#provenAt = this.#clocks()
    this.#token = await store.command('beginSession', self)
  }

  async renew(): Promise<void> {
    const asked = this.#clocks()
    await this.owned(this.partners.store.command('renewSession', { session: this.#token }))
    this.#provenAt = asked
  }

  async end(): Promise<void> {
    await this.partners.store.command('endSession', { session: this.#token })
  }

  /**
   * Whether an attempt that starts now ends before anybody else may take its lane. A process that stood still, or was cut
   * off from its database, finds out by its own clocks before it sends anything: by the monotonic one, and by the wall's
   * where a whole machine slept. A SQLite file has nobody else. And what is read while a session is being begun is read under
   * the one that ends with it: sent, it would be sent again by whoever has it next.
   */
  get isSurelyOurs(): boolean {
    if (this.#isBeginning) return false
    if (this.partners.store.dialect === 'sqlite') return true
    const now = this.#clocks()
    return Math.max(now.monotonic - this.#provenAt.monotonic, now.wall - this.#provenAt.wall) < sessionMs - longestAttemptMs
  }

  /** Whatever tells that the session is gone makes the node begin anew; the caller sees the failure all the same. */
  owned<T>(work: Promise<T>): Promise<T> {
    const token = this.#token
    work.catch((error: Error) => { if (error.name === 'SessionLost') void this.beginAnew(token) })
    return work
  }

  /** The same for what, where its reply was lost, leaves it unknown what the session owns. */
  ownedSurely<T>(work: Promise<T>): Promise<T> {
    const token = this.#token
    work.catch((error: unknown) => { if (isOutcomeUnknown(error)) void this.beginAnew(token) })
    return this.owned(work)
  }

  /**
   * Also where the session may well exist, but what it owns is not known, because a reply was lost: ended, it owns nothing,
   * and whatever it held is due again. `lost`: the session in question; what is told late of one that was given up long ago
   * gives up no other, and neither does a beginning whose reply was lost: it is repeated under the same token.
   */
  async beginAnew(lost: string): Promise<void> {
    const { store, pace, self, isStopped, report } = this.partners
    if (this.#isBeginning || isStopped() || lost !== this.#token) return
    this.#isBeginning = true
    this.partners.lost()
    const token = randomUUID()
    while (!isStopped()) {
      const asked = this.#clocks()
      try {
        this.#token = await store.command('beginSession', { ...self, token })
        this.#provenAt = asked
        break
      } catch (error) {
        report(error, 'A new session could not be begun; it is tried again.')
        await new Promise<void>((resolve) => pace.after(beginAgainMs, resolve, { mayEnd: true }))
      }
    }
    // What was still read meanwhile was read under the session that has ended.
    this.partners.lost()
    this.#isBeginning = false
    await this.partners.begunAnew()
  }

  #clocks(): Clocks {
    return { monotonic: this.partners.pace.monotonic(), wall: this.partners.pace.wall() }
  }
}
