import { Child } from '../../bench/dist/child.js'
import type { PublisherCommands } from './publisher-process.js'
import type { Accepted } from './publish-log.js'

/** The publishers of a run, in two processes of their own, so that no fault of the harness is theirs. */
export class Publishers {
  readonly #children: Child<PublisherCommands>[] = []

  constructor(private readonly log: (child: number) => string) {
    for (let n = 0; n < 2; n++) this.#children.push(new Child<PublisherCommands>(new URL('./publisher-process.js', import.meta.url).href))
  }

  async start(order: { urls: string[]; key: string; organizations: string[]; perSecond: number; publishers: number }): Promise<void> {
    const each = order.publishers / this.#children.length
    await Promise.all(this.#children.map((child, n) => child.ask('start', { ...order, firstPublisher: n * each, publishers: each, perSecond: order.perSecond / this.#children.length, log: this.log(n) })))
  }

  /** Publishes nothing new, and waits until everything tried was answered with 2xx (or `withinMs` have passed). */
  async stop(withinMs: number): Promise<PublishCounts> {
    const counts = await Promise.all(this.#children.map((child) => child.ask('stop', { withinMs })))
    return {
      accepted: counts.flatMap(({ accepted }) => accepted), unanswered: counts.flatMap(({ unanswered }) => unanswered), refusedAt: counts.flatMap(({ refusedAt }) => refusedAt),
      answers: counts.map(({ answers }) => answers).reduce((sum, answers) => {
        for (const [status, count] of Object.entries(answers)) sum[status] = (sum[status] ?? 0) + count
        return sum
      }, {} as Record<string, number>),
    }
  }

  /** How many publishes were answered 503 so far. */
  async refusals(): Promise<number> {
    const counts = await Promise.all(this.#children.map((child) => child.ask('refusals')))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()))
  }
}

export interface PublishCounts {
  accepted: Accepted[]
  /** Serials that were tried and never answered with 2xx: they may or may not have been stored. */
  unanswered: string[]
  /** When publishes were answered 503, in milliseconds since 1970. */
  refusedAt: number[]
  /** How many answers of each status; `none` where there was no answer. */
  answers: Record<string, number>
}
