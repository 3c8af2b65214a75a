import { Subscriber, type Listener, type Telling } from './subscriber.js'
import { Tail } from './tail.js'
import { endpointId, eventId, receiptId } from '../ids/public-id.js'
import { formatInstant } from '../events/instant.js'
import { originName } from '../events/event.js'
import type { Store } from '../operations/store.js'
import type { Next } from '../deliveries/delivery.js'
import type { EventSummary } from '../events/read-events.js'
import type { ReceiptSummary } from '../receipts/read-receipts.js'

export interface AnnouncerPartners {
  /** The newest of an organization's events, newest first. */
  newestEvents(organizationId: number, limit: number): Promise<EventSummary[]>
  newestReceipts(limit: number): Promise<ReceiptSummary[]>
  organizationName(organizationId: number): Promise<string | undefined>
  now(): number
}

/** An attempt that has ended, as far as it is told on. */
export interface EndedAttempt {
  organization: string
  endpointId: number
  eventId: string
  deliveryId: string
  eventType: string
  number: number
  result: { status?: number | null | undefined; errorClass?: string | null | undefined; durationMs: number }
  next: Pick<Next, 'state'>
}

export const announcerLimits = {
  subscribers: 100,
  /** Organizations whose streams are looked at in one go. */
  organizationsAtOnce: 50,
} as const

/**
 * Tells live views what happens in this process. It may forget without harm: whoever listens reads what it shows from the
 * API. While nobody listens, each call costs one comparison.
 */
export class Announcer {
  readonly #partners: AnnouncerPartners
  readonly #subscribers = new Set<Subscriber>()
  readonly #events = new Map<number, Tail<EventSummary>>()
  readonly #names = new Map<number, string>()
  #receipts: Tail<ReceiptSummary> | undefined
  #heardSince = 0
  #timer: NodeJS.Timeout | undefined

  constructor(partners: AnnouncerPartners) {
    this.#partners = partners
  }

  get isHeard(): boolean { return this.#subscribers.size > 0 }
  get isFull(): boolean { return this.#subscribers.size >= announcerLimits.subscribers }

  /** Listens until the function that is returned is called. */
  subscribe(listener: Listener): () => void {
    const subscriber = new Subscriber(listener)
    if (!this.isHeard) this.#begin()
    this.#subscribers.add(subscriber)
    return () => this.#letGo(subscriber)
  }

  attempt({ organization, endpointId: endpoint, eventId: event, deliveryId, eventType, number, result, next }: EndedAttempt): void {
    if (!this.isHeard) return
    this.#tell({
      kind: 'attempt', organization, deliveryId, endpointId: endpointId(endpoint), eventId: event, eventType, number,
      status: result.status ?? null, errorClass: result.errorClass ?? null, durationMs: result.durationMs, state: next.state === 'waiting' ? 'retrying' : next.state,
    })
  }

  /** These organizations have new events. They are read back, and so told whichever way they came. */
  streamsMoved(organizationIds: readonly number[]): void {
    if (!this.isHeard) return
    for (const id of new Set(organizationIds)) {
      let tail = this.#events.get(id)
      if (tail === undefined) {
        if (this.#events.size >= announcerLimits.organizationsAtOnce) this.#events.delete(this.#events.keys().next().value as number)
        tail = new Tail<EventSummary>({ since: this.#heardSince, instantOf: (event) => event.createdAt, read: (limit) => this.#partners.newestEvents(id, limit), tell: (event) => this.#tellEvent(id, event), prepare: () => this.#learnName(id) })
        this.#events.set(id, tail)
      }
      tail.moved()
    }
  }

  /** A request came in and is on stable storage. */
  received(): void {
    if (!this.isHeard) return
    this.#receipts ??= new Tail<ReceiptSummary>({
      since: this.#heardSince, instantOf: (receipt) => receipt.receivedAt, read: (limit) => this.#partners.newestReceipts(limit),
      tell: ({ id, organization, source, provider, verdict, code, type, receivedAt }) => this.#tell({ kind: 'receipt', organization, id: receiptId(id), source, provider, verdict, code, type, receivedAt: formatInstant(receivedAt) }),
    })
    this.#receipts.moved()
  }

  async #learnName(organizationId: number): Promise<boolean> {
    if (!this.#names.has(organizationId)) {
      const name = await this.#partners.organizationName(organizationId)
      if (name !== undefined) this.#names.set(organizationId, name)
    }
    const name = this.#names.get(organizationId)
    return name !== undefined && [...this.#subscribers].some((subscriber) => subscriber.concerns(name))
  }

  #tellEvent(organizationId: number, { id, givenId, type, origin, createdAt, receiptId: receipt }: EventSummary): void {
    this.#tell({
      kind: 'event', organization: this.#names.get(organizationId) as string, id: givenId ?? eventId(id), type, origin: originName(origin), createdAt: formatInstant(createdAt),
      receiptId: receipt === null ? null : receiptId(receipt),
    })
  }

  #tell(message: Telling): void {
    for (const subscriber of this.#subscribers) {
      subscriber.tell(message)
      if (subscriber.isLost) this.#letGo(subscriber)
    }
  }

  #letGo(subscriber: Subscriber): void {
    if (this.#subscribers.delete(subscriber) && !this.isHeard) this.#end()
  }

  #begin(): void {
    this.#heardSince = this.#partners.now()
    this.#timer = setInterval(() => {
      for (const subscriber of this.#subscribers) subscriber.secondPassed()
    }, 1_000).unref()
  }

  #end(): void {
    clearInterval(this.#timer)
    this.#events.clear()
    this.#names.clear()
    this.#receipts = undefined
  }
}

/** An announcer that reads back from a store. */
export function announcerOf(store: Store, { now }: { now(): number }): Announcer {
  return new Announcer({
    now,
    newestEvents: async (organizationId, limit) => (await store.query('listEvents', { organizationId, limit })).events,
    newestReceipts: (limit) => store.query('listReceipts', { limit, before: undefined, source: undefined, verdict: undefined, isUnassigned: false }),
    organizationName: async (id) => (await store.query('readOrganization', { id }))?.publicId,
  })
}
