import type { SchemeName } from '../scheme-name.js'
import type { Refused } from '../verdict.js'
import type { VerifyOptions } from '../verify-options.js'
import type { Answer } from './answer.js'
import type { AnyRequest, FetchRequest, HonoRequest, NodeRequest } from './arriving-request.js'
import type { DuplicateStore } from './duplicate-store.js'
import type { NodeResponse } from './node-answer.js'
import type { GatewaySecrets, SecretSource } from './secret-source.js'
import type { CheckoutCompleted, EventNamed, EventsOf, InventoryChange, OrderCreated, ProductChange, Schemas, TypesOf, WebhookEvent } from './webhook-event.js'

type MaybePromise<T> = T | Promise<T>

/** What a callback gets besides the event. */
export interface CallbackContext<Event> {
  event: Event
  /** Aborted when the event has been handed to `enqueue`: from then on the queue owns it. */
  signal: AbortSignal
}

export interface WebhookHandlerOptions<Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>
  extends Omit<VerifyOptions, 'scheme' | 'secrets' | 'otherSecrets' | 'now'> {
  /** The one sender of this URL. Left out, it is the Commerce Gateway's three: Shopify, Square and Better Data, told apart by their headers. */
  scheme?: Scheme
  secret: SecretSource | (Scheme extends undefined ? GatewaySecrets : never)

  onInventoryChange?(change: InventoryChange, context: CallbackContext<EventsOf<Scheme, Own>>): unknown
  onOrderCreated?(order: OrderCreated, context: CallbackContext<EventsOf<Scheme, Own>>): unknown
  /** A product was added, changed or removed: `context.event.type` says which. */
  onProductChange?(change: ProductChange, context: CallbackContext<EventsOf<Scheme, Own>>): unknown
  /** A checkout was completed, or a storefront order placed: the conversation can be closed. */
  onOrderComplete?(order: CheckoutCompleted, context: CallbackContext<EventsOf<Scheme, Own>>): unknown
  /** Callbacks by event type. */
  on?: { [Type in TypesOf<Scheme, Own>]?: (event: EventNamed<EventsOf<Scheme, Own>, Type>, context: CallbackContext<EventsOf<Scheme, Own>>) => unknown }
  /** Every event, before the callbacks of its type. */
  onEvent?(event: EventsOf<Scheme, Own>, context: CallbackContext<EventsOf<Scheme, Own>>): unknown
  /** A callback failed. `isAnswered` true: the sender has got its 200 and will not come again, so this is the last that is heard of it. Left out, it is written to the console. */
  onError?(error: unknown, about: { event?: EventsOf<Scheme, Own>; isAnswered: boolean }): unknown
  /** A request was refused, and why. */
  onRefused?(refusal: Refused): unknown

  /** Schemas of any Standard Schema library, by event type; a body that does not fit is answered 400. Types of one's own are made known with it. */
  schemas?: Own
  /** Drops what was received before. In this process's memory unless given. */
  duplicates?: DuplicateStore
  /** Takes an event whose callbacks are not done in time; give it to `process` later. */
  enqueue?(event: EventsOf<Scheme, Own>): MaybePromise<unknown>
  /** Keeps a platform alive for work that goes on after the answer (Workers, Vercel). */
  waitUntil?(work: Promise<unknown>): void
  maxBodyBytes?: number
  /** When the answer goes out at the latest; senders want it within two seconds. */
  answerWithinMs?: number
}

export interface WebhookHandler<Event> {
  /** A fetch `Request` or Hono's `c.req` gives a `Response`; Express's or Node's pair is answered directly. */
  handle(request: FetchRequest | HonoRequest, platform?: Platform): Promise<Response>
  handle(request: NodeRequest, response: NodeResponse): Promise<void>
  /** What `handle` would answer, for those who answer in a way of their own. */
  answer(request: AnyRequest, platform?: Platform): Promise<Answer>
  /** Runs the callbacks for an event that `enqueue` took. Throws what they throw. */
  process(event: Event): Promise<void>
}

/** What a platform offers for this one request. */
export interface Platform {
  waitUntil?(work: Promise<unknown>): void
}

/** The options without the types that only their author needs. */
export interface AnyOptions extends Omit<VerifyOptions, 'scheme' | 'secrets' | 'otherSecrets' | 'now'> {
  scheme?: SchemeName
  secret: SecretSource | GatewaySecrets
  onInventoryChange?: NamedCallback
  onOrderCreated?: NamedCallback
  onProductChange?: NamedCallback
  onOrderComplete?: NamedCallback
  on?: Record<string, (event: WebhookEvent, context: CallbackContext<WebhookEvent>) => unknown>
  onEvent?(event: WebhookEvent, context: CallbackContext<WebhookEvent>): unknown
  onError?(error: unknown, about: { event?: WebhookEvent; isAnswered: boolean }): unknown
  onRefused?(refusal: Refused): unknown
  schemas?: Schemas
  duplicates?: DuplicateStore
  enqueue?(event: WebhookEvent): unknown
  waitUntil?(work: Promise<unknown>): void
  maxBodyBytes?: number
  answerWithinMs?: number
}

export type NamedCallback = (data: never, context: CallbackContext<WebhookEvent>) => unknown
