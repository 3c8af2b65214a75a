import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { NewOrganization, Organization, OrganizationChanges } from './api-types.js'

/** Tenants: each has its own events, endpoints and keys. These calls need the admin key, but for `get`. */
export class Organizations {
  constructor(private readonly transport: Transport) {}

  async create(organization: NewOrganization, options?: PostOptions): Promise<Organization> {
    return this.transport.json({ ...options, method: 'POST', path: '/v1/organizations', body: JSON.stringify(organization) })
  }

  list(options?: CallOptions): Listing<Organization> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/organizations', query: { ...page } }))
  }

  async get(organization: string, options?: CallOptions): Promise<Organization> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}` })
  }

  /** What is left out stays; null sets back to what the catalog says. */
  async update(organization: string, changes: OrganizationChanges, options?: CallOptions): Promise<Organization> {
    return this.transport.json({ ...options, method: 'PATCH', path: pathOf`/v1/organizations/${organization}`, body: JSON.stringify(changes) })
  }

  /** `erase`: all that is kept of it goes as well, soon and for ever, instead of when its time is over. */
  async delete(organization: string, { erase = false, ...options }: CallOptions & { erase?: boolean } = {}): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: pathOf`/v1/organizations/${organization}`, ...(erase && { query: { erase: 'true' } }) })
  }
}
