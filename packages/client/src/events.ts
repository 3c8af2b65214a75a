import { Listing } from './listing.js'
import { eventText, type NewEvent } from './new-event.js'
import { PosthornError, type PosthornErrorParts } from './posthorn-error.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { Accepted, Event, EventFilter, EventOfAllFilter } from './api-types.js'

/** An event with its data. `rawData` is the publisher's own text, which `data` was parsed from. */
export type EventWithData = Event & { data: unknown; rawData: string }

/** What became of one event of a batch. */
export type BatchOutcome = ({ ok: true } & Accepted) | { ok: false; error: PosthornError }

/** What happened, in one stream for each organization. */
export class Events {
  constructor(private readonly transport: Transport) {}

  /** Publishes an event. Once this is fulfilled, it is on stable storage. */
  async publish(organization: string, event: NewEvent, options?: PostOptions): Promise<Accepted> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/events`, body: eventText(event) })
  }

  /** Publishes up to 1,000 events of 5 MiB in all. Each has its own outcome, in order; the good ones are stored. */
  async publishBatch(organization: string, events: readonly NewEvent[], options?: PostOptions): Promise<BatchOutcome[]> {
    const body = `{"events":[${events.map(eventText).join(',')}]}`
    const { data } = await this.transport.json<{ data: Outcome[] }>({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/events/batch`, body })
    return data.map(({ status, error, ...accepted }) => error === undefined ? { ok: true, ...accepted as Accepted } : { ok: false, error: new PosthornError({ ...error, status }) })
  }

  /** Newest first, without their data. */
  list(organization: string, filter: EventFilter = {}, options?: CallOptions): Listing<Event> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/events`, query: { ...filter, ...page } }))
  }

  /** Of all organizations, newest first. Needs the admin key. */
  listAll(filter: EventOfAllFilter = {}, options?: CallOptions): Listing<Event> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/events', query: { ...filter, ...page } }))
  }

  async get(organization: string, event: string, options?: CallOptions): Promise<EventWithData> {
    const { text } = await this.transport.send({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/events/${event}` })
    // The data stands last, as it was written; in the values before it, every quotation mark would be escaped.
    return { ...JSON.parse(text) as Event & { data: unknown }, rawData: text.slice(text.indexOf(dataBegins) + dataBegins.length, -1) }
  }

  /** Erases what it tells, for ever; its type, its times and where it went stay in the log. What waited to be sent is discarded. */
  async erase(organization: string, event: string, options?: CallOptions): Promise<Event> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/events/${event}/erase` })
  }
}

interface Outcome extends Partial<Accepted> { status: number; error?: PosthornErrorParts }

const dataBegins = ',"data":'
