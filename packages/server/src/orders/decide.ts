import { formatInstant } from '../events/instant.js'
import { encode } from '../ids/public-id.js'
import { formatAmount } from '../money/amount.js'
import { refundedMinor, type OrderItem, type Payment, type PaymentFacts, type ShippingAddress } from './payment.js'

/** An order as BareCommerce prints it. */
export interface Order {
  id: string
  orderNumber: string
  customerId: string | null
  total: string
  status: 'paid' | 'refunded' | 'cancelled'
  paymentStatus: 'succeeded' | 'partially_refunded' | 'refunded'
  items: readonly OrderItem[]
  shippingAddress: ShippingAddress | null
}

export interface OrderEvent { type: `order.${'created' | 'paid' | 'updated' | 'refunded' | 'cancelled'}`; data: unknown }

/**
 * What follows from what is known of a payment now, where `before` was known until now: the number of its order, if it
 * has made one, and what is to be told. A telling that adds nothing tells nothing.
 */
export function decide(before: Payment, after: Payment, nextOrderNumber: number): { orderNumber: number | null; events: OrderEvent[] } {
  if (before.orderNumber === null) {
    if (after.facts.paid === undefined || reasonAgainst(after) !== undefined) return { orderNumber: null, events: [] }
    return { orderNumber: nextOrderNumber, events: beginOrder({ ...after, orderNumber: nextOrderNumber }) }
  }
  return { orderNumber: before.orderNumber, events: goOn(before, { ...after, orderNumber: before.orderNumber }) }
}

/** The order that a payment has made. */
export function orderOf(payment: Payment): Order {
  const { facts } = payment
  const paid = amountOf(facts)
  const refunded = refundedMinor(facts)
  const isRefunded = refunded > 0 && refunded >= paid.minor
  return {
    id: `order_${encode(payment.id, 7)}`,
    orderNumber: `ORD-${String(payment.orderNumber).padStart(6, '0')}`,
    customerId: facts.customerId?.value ?? null,
    total: formatAmount(paid),
    status: reasonAgainst(payment) !== undefined ? 'cancelled' : isRefunded ? 'refunded' : 'paid',
    paymentStatus: isRefunded ? 'refunded' : refunded > 0 ? 'partially_refunded' : 'succeeded',
    items: facts.items?.value ?? [],
    shippingAddress: facts.shippingAddress?.value ?? null,
  }
}

function beginOrder(payment: Payment): OrderEvent[] {
  const asPaid = orderOf({ ...payment, facts: withoutRefunds(payment.facts) })
  const begun: OrderEvent[] = [{ type: 'order.created', data: asPaid }, { type: 'order.paid', data: asPaid }]
  return refundedMinor(payment.facts) > 0 ? [...begun, refundEvent(payment, withoutRefunds(payment.facts))] : begun
}

function goOn(before: Payment, after: Payment): OrderEvent[] {
  const [was, is] = [orderOf(before), orderOf(after)]
  if (is.status === 'cancelled') return was.status === 'cancelled' ? [] : [{ type: 'order.cancelled', data: { ...is, cancelReason: reasonAgainst(after) } }]
  const isMoreRefunded = refundedMinor(after.facts) > refundedMinor(before.facts)
  const rest = ({ customerId, total, items, shippingAddress }: Order): string => JSON.stringify([customerId, total, items, shippingAddress])
  const isOtherwiseChanged = rest(was) !== rest(is) || (!isMoreRefunded && was.paymentStatus !== is.paymentStatus)
  return [
    ...(isOtherwiseChanged ? [{ type: 'order.updated', data: is } as const] : []),
    ...(isMoreRefunded ? [refundEvent(after, before.facts)] : []),
  ]
}

function refundEvent(payment: Payment, before: PaymentFacts): OrderEvent {
  const minor = refundedMinor(payment.facts) - refundedMinor(before)
  const fresh = Object.entries(payment.facts.refunds ?? {}).filter(([id, refund]) => !refund.hasFailed && before.refunds?.[id] === undefined)
  // Where the provider tells only how much has gone back in all, what it told that of stands for the refund.
  const [id, at] = fresh.length > 0 ? [fresh.map(([name]) => name).join(','), Math.max(...fresh.map(([, refund]) => refund.at))] : [payment.facts.refundedInAll?.of, payment.facts.refundedInAll?.at]
  return {
    type: 'order.refunded',
    data: { ...orderOf(payment), refund: { id, amount: formatAmount({ minor, exponent: amountOf(payment.facts).exponent }), refundedAt: formatInstant(at ?? 0) } },
  }
}

/** Why a payment that succeeded is no order all the same. */
function reasonAgainst({ facts, invoicedBy }: Payment): string | undefined {
  return facts.notAnOrder ?? (invoicedBy === null ? undefined : `The payment belongs to ${invoicedBy}.`)
}

function withoutRefunds(facts: PaymentFacts): PaymentFacts {
  return { ...facts, refunds: undefined, refundedInAll: undefined }
}

function amountOf({ paid }: PaymentFacts) {
  if (paid === undefined) throw new Error('A payment that has not succeeded has made no order.')
  return paid.value
}
