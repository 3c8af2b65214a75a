import type { CallOptions, Transport } from './transport.js'
import type { Configuration } from './api-types.js'

/** What the server was started with, for whoever runs it. Needs the admin key. */
export class Configurations {
  constructor(private readonly transport: Transport) {}

  /** Every setting with its source; secrets are masked. */
  async get(options?: CallOptions): Promise<Configuration> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/configuration' })
  }
}
