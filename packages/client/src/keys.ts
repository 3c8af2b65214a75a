import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { ApiKey, CreatedApiKey, NewApiKey } from './api-types.js'

/** An organization's API keys. */
export class Keys {
  constructor(private readonly transport: Transport) {}

  /** The answer has the key, which is never shown again. */
  async create(organization: string, key: NewApiKey, options?: PostOptions): Promise<CreatedApiKey> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/keys`, body: JSON.stringify(key) })
  }

  list(organization: string, options?: CallOptions): Listing<ApiKey> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/keys`, query: { ...page } }))
  }

  async revoke(organization: string, key: string, options?: CallOptions): Promise<void> {
    await this.transport.send({ ...options, method: 'DELETE', path: pathOf`/v1/organizations/${organization}/keys/${key}` })
  }
}
