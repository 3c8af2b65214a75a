import { Catalogs } from './catalogs.js'
import { BillingRecords, Consumers, Inventory, Orders } from './consumers.js'
import { Configurations } from './configuration.js'
import { DeadLetters } from './dead-letters.js'
import { Deliveries } from './deliveries.js'
import { Endpoints } from './endpoints.js'
import { Events } from './events.js'
import { Formats } from './formats.js'
import { Keys } from './keys.js'
import { Organizations } from './organizations.js'
import { Overviews } from './overview.js'
import { Receipts } from './receipts.js'
import { Replays } from './replays.js'
import { Sources } from './sources.js'
import { stream, type StreamMessage, type StreamOptions } from './stream.js'
import { Transport, type Request } from './transport.js'

export interface PosthornOptions {
  /** Of the server. Left out: the page's own in a browser, `http://localhost:4000` elsewhere. */
  url?: string | undefined
  /** The admin key or one of an organization. Left out where a cookie says who is asking. */
  key?: string | undefined
  /** Another `fetch` than the platform's. */
  fetch?: typeof globalThis.fetch | undefined
  /** Of every request, beside ours. */
  headers?: Readonly<Record<string, string>> | undefined
  /** How long each try may take: 30,000 unless told. */
  timeoutMs?: number | undefined
  /** How often a request that failed in passing is sent again: 3 unless told. */
  retries?: number | undefined
}

/**
 * Posthorn's HTTP API.
 *
 * ```ts
 * const posthorn = new Posthorn({ url: 'https://hooks.example.com', key: process.env.POSTHORN_API_KEY })
 * await posthorn.events.publish('acme', { type: 'order.created', data: { orderNumber: 1042 } })
 * ```
 */
export class Posthorn {
  readonly organizations: Organizations
  readonly endpoints: Endpoints
  readonly events: Events
  readonly deliveries: Deliveries
  readonly deadLetters: DeadLetters
  readonly replays: Replays
  readonly keys: Keys
  readonly sources: Sources
  readonly receipts: Receipts
  readonly billing: BillingRecords
  readonly orders: Orders
  readonly inventory: Inventory
  readonly consumers: Consumers
  readonly catalogs: Catalogs
  readonly overview: Overviews
  readonly configuration: Configurations
  readonly formats: Formats
  readonly #transport: Transport

  constructor({ url = ownUrl(), key, fetch, headers = {}, timeoutMs = 30_000, retries = 3 }: PosthornOptions = {}) {
    const transport = new Transport({
      url: url.replace(/\/+$/, ''), key, headers, timeoutMs, retries,
      // A browser's fetch must not be called as somebody's method.
      fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
    })
    this.#transport = transport
    this.organizations = new Organizations(transport)
    this.endpoints = new Endpoints(transport)
    this.events = new Events(transport)
    this.deliveries = new Deliveries(transport)
    this.deadLetters = new DeadLetters(transport)
    this.replays = new Replays(transport)
    this.keys = new Keys(transport)
    this.sources = new Sources(transport)
    this.receipts = new Receipts(transport)
    this.billing = new BillingRecords(transport)
    this.orders = new Orders(transport)
    this.inventory = new Inventory(transport)
    this.consumers = new Consumers(transport)
    this.catalogs = new Catalogs(transport)
    this.overview = new Overviews(transport)
    this.configuration = new Configurations(transport)
    this.formats = new Formats(transport)
  }

  /** What happens, as it happens. It may be incomplete: for live views, never for bookkeeping. */
  stream(options: StreamOptions = {}): AsyncGenerator<StreamMessage, void, undefined> {
    return stream(this.#transport, options)
  }

  /** Any path of the API, with the same retries and errors. */
  async request<Value>(request: Omit<Request, 'body'> & { body?: unknown }): Promise<Value> {
    return this.#transport.json({ ...request, body: request.body === undefined ? undefined : JSON.stringify(request.body) })
  }
}

function ownUrl(): string {
  const { location } = globalThis as { location?: { origin?: string } }
  return location?.origin ?? 'http://localhost:4000'
}
