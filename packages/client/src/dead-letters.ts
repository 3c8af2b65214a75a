import { pathOf, type CallOptions, type Transport } from './transport.js'
import type { DeadLetterGroups } from './api-types.js'

/** Deliveries that were given up, grouped by endpoint and cause: at most 5,000 of them in one answer, `next` to go on. */
export class DeadLetters {
  constructor(private readonly transport: Transport) {}

  async groups(organization: string, position: { after?: string | undefined } = {}, options?: CallOptions): Promise<DeadLetterGroups> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/dead-letters`, query: { ...position } })
  }

  /** Of all organizations. Needs the admin key. */
  async groupsOfAll(position: { after?: string | undefined } = {}, options?: CallOptions): Promise<DeadLetterGroups> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/dead-letters', query: { ...position } })
  }
}
