import type { Amount } from '../money/amount.js'

/** A payment as it is known by all that was told of it so far. */
export interface Payment {
  /** Its row. */
  id: number
  facts: PaymentFacts
  /** The provider's own order is an invoice's, and so is this payment. */
  invoicedBy: string | null
  orderNumber: number | null
}

/**
 * What was told of a payment. Two sets of facts are merged field by field, so that the order of their arrival, and how
 * often each was told, makes no difference.
 */
export interface PaymentFacts {
  /** It succeeded, with this amount. */
  paid?: Said<Amount>
  customerId?: Said<string>
  items?: Said<readonly OrderItem[]>
  shippingAddress?: Said<ShippingAddress>
  /** The invoice or subscription that it pays, or another reason why it makes no order of its own. */
  notAnOrder?: string
  /** By the provider's id of the refund, in the smallest unit. */
  refunds?: Readonly<Record<string, Refund>>
  /** How much has gone back in all, where the provider tells only that; `of` is the id of what it told that of. */
  refundedInAll?: { minor: number; of: string; at: number }
}

/** Something that was told, and how far it is to be believed: the higher rank, then the later telling. */
export interface Said<Value> { value: Value; rank: number; at: number }

export interface Refund { minor: number; hasFailed: boolean; at: number }

/** As BareCommerce prints it. */
export interface OrderItem { id: string; productId: string | null; sku: string | null; title: string; quantity: number; price: string; total: string }

export interface ShippingAddress { name: string | null; line1: string; line2: string | null; city: string; state: string | null; postalCode: string | null; country: string }

export function mergeFacts(one: PaymentFacts, other: PaymentFacts): PaymentFacts {
  const notAnOrder = [one.notAnOrder, other.notAnOrder].filter((reason) => reason !== undefined).sort()[0]
  return withoutUndefined({
    paid: stronger(one.paid, other.paid),
    customerId: stronger(one.customerId, other.customerId),
    items: stronger(one.items, other.items),
    shippingAddress: stronger(one.shippingAddress, other.shippingAddress),
    notAnOrder,
    refunds: mergeRefunds(one.refunds, other.refunds),
    refundedInAll: greater(one.refundedInAll, other.refundedInAll),
  })
}

/** How much of a payment has gone back, in the smallest unit. */
export function refundedMinor({ refunds = {}, refundedInAll }: PaymentFacts): number {
  const sum = (hasFailed: boolean) => Object.values(refunds).filter((refund) => refund.hasFailed === hasFailed).reduce((total, { minor }) => total + minor, 0)
  // The provider's own total counts a refund that failed only later.
  return Math.max(sum(false), (refundedInAll?.minor ?? 0) - sum(true))
}

function stronger<Value>(one: Said<Value> | undefined, other: Said<Value> | undefined): Said<Value> | undefined {
  if (one === undefined || other === undefined) return one ?? other
  if (one.rank !== other.rank) return one.rank > other.rank ? one : other
  if (one.at !== other.at) return one.at > other.at ? one : other
  // Told in the same second: either will do, as long as it is always the same.
  return JSON.stringify(one.value) >= JSON.stringify(other.value) ? one : other
}

function mergeRefunds(one: PaymentFacts['refunds'], other: PaymentFacts['refunds']): PaymentFacts['refunds'] {
  if (one === undefined || other === undefined) return one ?? other
  const ids = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return Object.fromEntries(ids.map((id) => [id, laterRefund(one[id], other[id])]))
}

/** A refund may still fail after it succeeded, never the other way about. */
function laterRefund(one: Refund | undefined, other: Refund | undefined): Refund {
  if (one === undefined || other === undefined) return (one ?? other) as Refund
  if (one.hasFailed !== other.hasFailed) return one.hasFailed ? one : other
  if (one.at !== other.at) return one.at < other.at ? one : other
  return one.minor >= other.minor ? one : other
}

function greater(one: PaymentFacts['refundedInAll'], other: PaymentFacts['refundedInAll']): PaymentFacts['refundedInAll'] {
  if (one === undefined || other === undefined) return one ?? other
  if (one.minor !== other.minor) return one.minor > other.minor ? one : other
  if (one.at !== other.at) return one.at < other.at ? one : other
  return one.of <= other.of ? one : other
}

function withoutUndefined(facts: PaymentFacts): PaymentFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}
