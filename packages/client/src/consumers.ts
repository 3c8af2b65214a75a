import { Listing } from './listing.js'
import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { Billing, Consumer, ConsumerDeadLetter, Order, StockLevel } from './api-types.js'

/** What reads an organization's stream beside delivery. */
export class Consumers {
  constructor(private readonly transport: Transport) {}

  async list(organization: string, options?: CallOptions): Promise<Consumer[]> {
    const { data } = await this.transport.json<{ data: Consumer[] }>({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/consumers` })
    return data
  }

  /** Events that a consumer gave up. */
  deadLetters(organization: string, consumer: string, options?: CallOptions): Listing<ConsumerDeadLetter> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/consumers/${consumer}/dead-letters`, query: { ...page } }))
  }

  async replayDeadLetter(organization: string, consumer: string, deadLetter: string, options?: PostOptions): Promise<void> {
    await this.transport.send({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/consumers/${consumer}/dead-letters/${deadLetter}/replay` })
  }
}

/** What payments and subscriptions have made of an organization. */
export class BillingRecords {
  constructor(private readonly transport: Transport) {}

  async get(organization: string, options?: CallOptions): Promise<Billing> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/billing` })
  }
}

/** Orders that payments have made. */
export class Orders {
  constructor(private readonly transport: Transport) {}

  /** Newest first. */
  list(organization: string, options?: CallOptions): Listing<Order> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/orders`, query: { ...page } }))
  }
}

/** What is in stock, as the platforms told it. */
export class Inventory {
  constructor(private readonly transport: Transport) {}

  list(organization: string, options?: CallOptions): Listing<StockLevel> {
    return new Listing((page) => this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/inventory`, query: { ...page } }))
  }
}
