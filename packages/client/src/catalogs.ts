import { pathOf, type CallOptions, type Transport } from './transport.js'
import type { Catalog } from './api-types.js'

/** Named sets of event types, each with a description, a schema and an example. */
export class Catalogs {
  constructor(private readonly transport: Transport) {}

  /** Those that an organization may name. */
  async list(options?: CallOptions): Promise<Catalog[]> {
    return (await this.transport.json<{ data: Catalog[] }>({ ...options, method: 'GET', path: '/v1/catalogs' })).data
  }

  /** The organization's own; null where it has none and every well-formed type is taken. */
  async of(organization: string, options?: CallOptions): Promise<Catalog | null> {
    return (await this.transport.json<{ catalog: Catalog | null }>({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/event-types` })).catalog
  }
}
