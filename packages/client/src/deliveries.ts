import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { AttemptProof, Delivery, DeliveryDetail, DeliveryFilter } from './api-types.js'

/** One event on its way to one endpoint. */
export class Deliveries {
  constructor(private readonly transport: Transport) {}

  /** Newest first. */
  list(organization: string, filter: DeliveryFilter = {}, options?: CallOptions): Listing<Delivery> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/deliveries`, query: { ...filter, ...page } }))
  }

  /** Of all organizations, newest first. Needs the admin key. */
  listAll(filter: DeliveryFilter = {}, options?: CallOptions): Listing<Delivery> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/deliveries', query: { ...filter, ...page } }))
  }

  /** With its attempts, and the body as it is sent. */
  async get(organization: string, delivery: string, options?: CallOptions): Promise<DeliveryDetail> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/deliveries/${delivery}` })
  }

  /** How a receiver proves one of its attempts: the signed bytes, and which header carries what. */
  async proof(organization: string, delivery: string, attempt: number, options?: CallOptions): Promise<AttemptProof> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/deliveries/${delivery}/attempts/${String(attempt)}/proof` })
  }

  /** Sends one that has ended once more. */
  async replay(organization: string, delivery: string, options?: PostOptions): Promise<Delivery> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/deliveries/${delivery}/replay` })
  }

  /** Makes an undelivered one due now, once its endpoint is enabled. */
  async release(organization: string, delivery: string, options?: PostOptions): Promise<Delivery> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/deliveries/${delivery}/release` })
  }

  /** Gives an undelivered one up. */
  async discard(organization: string, delivery: string, options?: PostOptions): Promise<Delivery> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/deliveries/${delivery}/discard` })
  }
}
