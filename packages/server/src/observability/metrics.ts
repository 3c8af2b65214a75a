import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/**
 * What `/metrics` shows. The hot path adds to plain numbers; they are handed to prom-client when someone reads them.
 * Each instance has a registry of its own, so two servers in one process do not add up.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #commitSize: Histogram
  readonly #commitSeconds: Histogram
  readonly #attemptSeconds: Histogram
  readonly #publishToReceiptSeconds: Histogram

  #eventsAccepted = 0
  #eventsParked = 0
  readonly #attempts = new Map<string, number>()
  readonly #deliveries = new Map<string, number>([['succeeded', 0], ['dead', 0], ['discarded', 0]])
  #watched: Watched = nothingWatched

  constructor({ withProcess = true }: { withProcess?: boolean } = {}) {
    const registers = [this.#registry]

    this.#count('posthorn_events_accepted_total', 'Events that were stored and answered with 2xx.', () => this.#eventsAccepted)
    this.#countEach('posthorn_attempts_total', 'Attempts, by what came of them: accepted, or the class of the error.', 'outcome', this.#attempts)
    this.#countEach('posthorn_deliveries_total', 'Deliveries that ended, by their last state.', 'state', this.#deliveries)

    this.#gauge('posthorn_in_flight', 'Attempts that wait for an answer now.', () => this.#watched.inFlight())
    this.#gauge('posthorn_unsettled', 'Attempts that were answered and are not yet in the database.', () => this.#watched.unsettled())
    this.#gauge('posthorn_due_age_seconds', 'For how long the delivery that waits longest has been due.', () => this.#watched.dueAgeSeconds())

    this.#gauge('posthorn_outbox_age_seconds', 'For how long the oldest event of the outbox has been waiting to be taken into its stream.', () => this.#watched.outboxAgeSeconds())
    this.#count('posthorn_outbox_parked_total', 'Events published in a transaction that no organization could take, and that were put aside.', () => this.#eventsParked)
    this.#gauge('posthorn_partition_days_ahead', 'Days to come for which PostgreSQL has partitions already; on SQLite, which has none, +Inf.', () => this.#watched.partitionDaysAhead())

    this.#commitSize = new Histogram({ registers, name: 'posthorn_commit_size', help: 'Events stored by one transaction.', buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500] })
    this.#commitSeconds = new Histogram({ registers, name: 'posthorn_commit_seconds', help: 'Time from handing a transaction to the database until it was durable.', buckets: quickBuckets })
    this.#attemptSeconds = new Histogram({ registers, name: 'posthorn_attempt_seconds', help: 'Time of one attempt, from dialling to the end of the answer.', buckets: slowBuckets })
    this.#publishToReceiptSeconds = new Histogram({ registers, name: 'posthorn_publish_to_receipt_seconds', help: "Time from accepting an event to its endpoint's 2xx.", buckets: slowBuckets })

    if (withProcess) collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 50 })
  }

  eventsAccepted(count: number): void {
    this.#eventsAccepted += count
  }

  eventsParked(count: number): void {
    this.#eventsParked += count
  }

  /** `outcome`: `accepted`, or the error class (`timeout`, `dns`, `http` …): a short list, never an id or a message. */
  attemptEnded(outcome: string, durationMs: number): void {
    this.#attempts.set(outcome, (this.#attempts.get(outcome) ?? 0) + 1)
    this.#attemptSeconds.observe(durationMs / 1_000)
  }

  deliveriesEnded(state: 'succeeded' | 'dead' | 'discarded', count: number): void {
    this.#deliveries.set(state, (this.#deliveries.get(state) ?? 0) + count)
  }

  publishedToReceived(waitMs: number): void {
    this.#publishToReceiptSeconds.observe(waitMs / 1_000)
  }

  committed(events: number, durationMs: number): void {
    this.#commitSize.observe(events)
    this.#commitSeconds.observe(durationMs / 1_000)
  }

  /** Whom to ask for the present values when they are read. */
  watch(watched: Watched): void {
    this.#watched = watched
  }

  /** In the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  #count(name: string, help: string, value: () => number): void {
    new Counter({ registers: [this.#registry], name, help, collect() { this.reset(); this.inc(value()) } })
  }

  #countEach(name: string, help: string, label: string, values: ReadonlyMap<string, number>): void {
    new Counter({
      registers: [this.#registry], name, help, labelNames: [label],
      collect() {
        this.reset()
        for (const [labelled, value] of values) this.inc({ [label]: labelled }, value)
      },
    })
  }

  #gauge(name: string, help: string, value: () => number | Promise<number>): void {
    new Gauge({ registers: [this.#registry], name, help, async collect() { this.set(await value()) } })
  }
}

export interface Watched {
  inFlight(): number
  unsettled(): number
  dueAgeSeconds(): number | Promise<number>
  outboxAgeSeconds(): number | Promise<number>
  partitionDaysAhead(): number | Promise<number>
}

const nothingWatched: Watched = { inFlight: () => 0, unsettled: () => 0, dueAgeSeconds: () => 0, outboxAgeSeconds: () => 0, partitionDaysAhead: () => Infinity }
const quickBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const slowBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
