import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { Receipt, ReceiptFilter, ReceiptWithBytes } from './api-types.js'

/** Inbound requests as they arrived, accepted or refused. These calls need the admin key. */
export class Receipts {
  constructor(private readonly transport: Transport) {}

  /** Newest first. */
  list(filter: ReceiptFilter = {}, options?: CallOptions): Listing<Receipt> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: '/v1/receipts', query: { ...filter, ...page } }))
  }

  /** With the bytes as they came, and what they became. */
  async get(receipt: string, options?: CallOptions): Promise<ReceiptWithBytes> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/receipts/${receipt}` })
  }

  /** Verifies a refused one again with the secrets of today; gives one that nobody owns to an organization. */
  async replay(receipt: string, { organizationId }: { organizationId?: string } = {}, options?: PostOptions): Promise<Receipt> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/receipts/${receipt}/replay`, body: JSON.stringify({ organizationId }) })
  }
}
