import type { PaymentFacts } from './payment.js'

/** What one event of a provider says of one payment. */
export interface Telling {
  /** Names of that payment. All tellings that share a name are of one payment. */
  references: readonly string[]
  facts: PaymentFacts
  /** The provider's own order that it pays, where the provider has such a thing. */
  providerOrder?: string | undefined
}

/** What a provider's event says: of payments, and which of its own orders belong to an invoice. */
export interface Tellings {
  payments: readonly Telling[]
  invoiced?: { providerOrder: string; invoice: string } | undefined
}
