import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { CreatedEndpoint, Endpoint, EndpointChanges, EndpointUrlJudgement, NewEndpoint, Rotation, SigningSecret, TestEvent } from './api-types.js'

/** Customers' URLs, and what is sent to them. */
export class Endpoints {
  constructor(private readonly transport: Transport) {}

  /** The answer has the signing secret. */
  async create(organization: string, endpoint: NewEndpoint, options?: PostOptions): Promise<CreatedEndpoint> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/endpoints`, body: JSON.stringify(endpoint) })
  }

  list(organization: string, options?: CallOptions): Listing<Endpoint> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/endpoints`, query: { ...page } }))
  }

  async get(organization: string, endpoint: string, options?: CallOptions): Promise<Endpoint> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/endpoints/${endpoint}` })
  }

  /** What is left out stays; null sets back to the default. */
  async update(organization: string, endpoint: string, changes: EndpointChanges, options?: CallOptions): Promise<Endpoint> {
    return this.transport.json({ ...options, method: 'PATCH', path: pathOf`/v1/organizations/${organization}/endpoints/${endpoint}`, body: JSON.stringify(changes) })
  }

  async delete(organization: string, endpoint: string, options?: CallOptions): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: pathOf`/v1/organizations/${organization}/endpoints/${endpoint}` })
  }

  /** Its deliveries are held until it is resumed. */
  async pause(organization: string, endpoint: string, options?: PostOptions): Promise<Endpoint> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/pause`, {}, options)
  }

  /** What was held is sent. */
  async resume(organization: string, endpoint: string, options?: PostOptions): Promise<Endpoint> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/resume`, {}, options)
  }

  /** For one that was disabled; what was held is sent. */
  async enable(organization: string, endpoint: string, options?: PostOptions): Promise<Endpoint> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/enable`, {}, options)
  }

  /** Sends a test event to this endpoint alone: the catalog's example of `eventType`, or of a type it subscribes to. */
  async test(organization: string, endpoint: string, { eventType }: { eventType?: string } = {}, options?: PostOptions): Promise<TestEvent> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/test`, { eventType }, options)
  }

  /** Whether an endpoint may have this URL, as far as its text shows. */
  async judgeUrl(organization: string, url: string, options?: CallOptions): Promise<EndpointUrlJudgement> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/endpoint-url`, query: { url } })
  }

  async secret(organization: string, endpoint: string, options?: CallOptions): Promise<SigningSecret> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/secret` })
  }

  /** Begins to replace the signing secret: the old one goes on for `overlapSeconds`, a day unless told. */
  async rotate(organization: string, endpoint: string, rotation: Rotation = {}, options?: PostOptions): Promise<SigningSecret> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/secret/rotate`, rotation, options)
  }

  /** Ends the overlap now: only the new secret is in use. */
  async finishRotation(organization: string, endpoint: string, options?: PostOptions): Promise<SigningSecret> {
    return this.#post(pathOf`/v1/organizations/${organization}/endpoints/${endpoint}/secret/rotate/finish`, {}, options)
  }

  #post<Value>(path: string, body: object, options: PostOptions | undefined): Promise<Value> {
    return this.transport.json({ ...options, method: 'POST', path, body: JSON.stringify(body) })
  }
}
