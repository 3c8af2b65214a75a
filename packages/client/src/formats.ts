import { pathOf, type CallOptions, type Transport } from './transport.js'
import type { Format, NewSamples, Samples } from './api-types.js'

/** How events look on the wire. */
export class Formats {
  constructor(private readonly transport: Transport) {}

  /** Needs the admin key. */
  async list(options?: CallOptions): Promise<Format[]> {
    return (await this.transport.json<{ data: Format[] }>({ ...options, method: 'GET', path: '/v1/formats' })).data
  }

  /** Those that an organization's endpoints may have. */
  async of(organization: string, options?: CallOptions): Promise<Format[]> {
    return (await this.transport.json<{ data: Format[] }>({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/formats` })).data
  }

  /** What would be sent: headers and body, signed with a sample secret. In each format unless one, or an endpoint, is named. */
  async samples(organization: string, sample: NewSamples = {}, options?: CallOptions): Promise<Samples> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/samples`, body: JSON.stringify(sample) })
  }
}
