import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { NewSource, NewSourceLink, Source, SourceChanges, SourceLink, SourceLinkFilter } from './api-types.js'

/** Where webhooks come in, each under its own name. These calls need the admin key. */
export class Sources {
  constructor(private readonly transport: Transport) {}

  async create(source: NewSource, options?: PostOptions): Promise<Source> {
    return this.transport.json({ ...options, method: 'POST', path: '/v1/sources', body: JSON.stringify(source) })
  }

  list(options?: CallOptions): Listing<Source> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/sources', query: { ...page } }))
  }

  async get(name: string, options?: CallOptions): Promise<Source> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/sources/${name}` })
  }

  /** Give all secrets that shall count, the old one too while one is changed. */
  async update(name: string, changes: SourceChanges, options?: CallOptions): Promise<Source> {
    return this.transport.json({ ...options, method: 'PATCH', path: pathOf`/v1/sources/${name}`, body: JSON.stringify(changes) })
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: pathOf`/v1/sources/${name}` })
  }

  /** Says whose a provider's customer, merchant or shop is, for events that do not say so themselves. */
  async link(link: NewSourceLink, options?: PostOptions): Promise<SourceLink> {
    return this.transport.json({ ...options, method: 'POST', path: '/v1/source-links', body: JSON.stringify(link) })
  }

  links(filter: SourceLinkFilter = {}, options?: CallOptions): Listing<SourceLink> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/source-links', query: { ...filter, ...page } }))
  }

  async unlink(link: string, options?: CallOptions): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: pathOf`/v1/source-links/${link}` })
  }
}
