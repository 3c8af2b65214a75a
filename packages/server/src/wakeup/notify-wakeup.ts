import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { isPooled } from '../storage/postgres-pooler.js'
import { InProcessWakeup } from './in-process-wakeup.js'
import { asPayload, fromPayload, merged } from './payload.js'
import type { Member, News, Wakeup } from './wakeup.js'

export interface NotifyOptions {
  /** A connection of its own: one that is lent for a transaction only, hears nothing. */
  connect(): pg.Client
  report(error: unknown, what: string): void
}

/**
 * LISTEN and NOTIFY of PostgreSQL. A transaction that notifies takes a lock at its commit that all of them take, so no
 * publisher's does: what is to be told is gathered, and goes out over a connection of this one's own, a few dozen times a
 * second at most. Whatever is lost on the way costs the time until somebody looks.
 */
export class NotifyWakeup implements Wakeup {
  readonly #self = randomUUID()
  readonly #options: NotifyOptions
  readonly #here = new InProcessWakeup((news) => this.#send(news))
  #client: pg.Client | undefined
  #waiting: News | undefined
  #isSending = false
  #lastSentAt = -Infinity
  #failures = 0
  #isClosed = false
  #timers = new Set<NodeJS.Timeout>()
  #isHeard = false

  constructor(options: NotifyOptions) {
    this.#options = options
    void this.#connect()
  }

  get isHeard(): boolean { return this.#isHeard }

  join(hear: (news: News) => void): Member {
    return this.#here.join(hear)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#isHeard = false
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#here.close()
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    if (this.#isClosed) return
    const client = this.#options.connect()
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    client.on('notification', ({ payload }) => this.#hear(payload))
    this.#client = client
    try {
      await client.connect()
      if (await isPooled(client)) {
        // It would listen on a connection that is another's the next moment.
        this.#client = undefined
        await client.end()
        return
      }
      await client.query(`listen ${channel}`)
      if (this.#client !== client) return
      this.#failures = 0
      this.#isHeard = true
      // What was told while nobody listened is found by looking.
      this.#here.hear({ streams: 'all', lanes: true, outbox: true, nodes: true, access: true })
      this.#schedule()
    } catch (error) {
      if (this.#failures === 0) this.#options.report(error, 'This node cannot hear the others and looks for what they did instead; it is tried again.')
      this.#lose(client)
    }
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#isHeard = false
    client.end().catch(() => {})
    if (!this.#isClosed) this.#after(Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures++) * (0.5 + Math.random()), () => void this.#connect())
  }

  #hear(payload: string | undefined): void {
    const told = fromPayload(payload)
    if (told !== undefined && told.from !== this.#self) this.#here.hear({ ...told.news, isFromElsewhere: true })
  }

  #send(news: News): void {
    // While nobody can be told nothing is kept: whoever comes back looks.
    if (!this.#isHeard) return
    this.#waiting = this.#waiting === undefined ? news : merged(this.#waiting, news)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#waiting === undefined || this.#isSending) return
    this.#isSending = true
    const waitMs = this.#lastSentAt + apartMs - performance.now()
    if (waitMs <= 0) void this.#notify()
    else this.#after(waitMs, () => void this.#notify())
  }

  async #notify(): Promise<void> {
    const client = this.#client
    const news = this.#waiting
    this.#waiting = undefined
    this.#lastSentAt = performance.now()
    try {
      // It need not be on disk, so nobody waits for that.
      if (news !== undefined) await client?.query({ text: `begin; set local synchronous_commit = off; select pg_notify('${channel}', ${pg.escapeLiteral(asPayload(this.#self, news))}); commit`, query_timeout: answerWithinMs } as pg.QueryConfig)
    } catch {
      if (client !== undefined) this.#lose(client)
    }
    this.#isSending = false
    this.#schedule()
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, ms)
    this.#timers.add(timer)
  }
}

const channel = 'posthorn'

/** Notifications go out at least this far apart; what comes in between goes out together. */
const apartMs = 25
const answerWithinMs = 5_000
const firstPauseMs = 200
const longestPauseMs = 10_000
