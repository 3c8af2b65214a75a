import type { Money } from './money.js'
import type { SchemeName } from '@posthorn/webhooks'

/**
 * What providers' events mean in our own words. Each of these types has one owner: nobody else publishes it. `order.*`
 * that follows from a payment is the orders consumer's, `subscription.updated` the billing consumer's.
 */
export type NormalizedEvent =
  | Named<'checkout.completed', CheckoutCompleted>
  | Named<'payment.succeeded', Payment>
  | Named<'payment.failed', FailedPayment>
  | Named<'payment.refunded', RefundedPayment>
  | Named<'invoice.paid', Invoice>
  | Named<'invoice.payment_failed', Invoice>
  | Named<'order.created', PlacedOrder>
  | Named<'inventory.updated', StockLevel>
  | Named<'product.created' | 'product.updated' | 'product.deleted', ProductChange>
  | Named<'message.received', ReceivedMessage>
  | Named<'message.status', MessageStatus>

interface Named<Type extends string, Data> {
  type: Type
  /** What it tells, where requests with other ids may tell the same: the payment, the refund. */
  key?: string | undefined
  data: Data
}

interface Told {
  /** Who told it. */
  provider: SchemeName
}

/** A checkout that was paid for, or needed no payment. */
export interface CheckoutCompleted extends Told, Partial<Money> {
  sessionId: string
  /** The shop's own order, where the checkout's metadata names one. */
  orderId?: string | undefined
  /** Joins it with the payment: payment intent, capture, Square payment. */
  paymentId?: string | undefined
  paymentStatus?: string | undefined
  invoiceId?: string | undefined
  subscriptionId?: string | undefined
  customerId?: string | undefined
  email?: string | undefined
  items?: Item[] | undefined
  shippingAddress?: Address | undefined
  metadata?: Record<string, unknown> | undefined
}

export interface Payment extends Told, Money {
  /** Payment intent (a charge where there is none), PayPal capture or sale, Square payment. */
  paymentId: string
  customerId?: string | undefined
  email?: string | undefined
  /** A payment that belongs to one of these makes no order. */
  invoiceId?: string | undefined
  subscriptionId?: string | undefined
  sessionId?: string | undefined
  /** The provider's own order, or the shop's. */
  orderId?: string | undefined
  items?: Item[] | undefined
  shippingAddress?: Address | undefined
  metadata?: Record<string, unknown> | undefined
}

export interface FailedPayment extends Payment {
  failureCode?: string | undefined
  failureMessage?: string | undefined
}

/** The money is what was refunded this time. */
export interface RefundedPayment extends Told, Partial<Money> {
  refundId?: string | undefined
  paymentId?: string | undefined
  orderId?: string | undefined
  /** All that was refunded of the payment so far. */
  refundedTotal?: string | undefined
  /** True when nothing is left of the payment. */
  isFull?: boolean | undefined
  reason?: string | undefined
}

export interface Invoice extends Told, Money {
  id: string
  invoiceId: string
  subscriptionId?: string | undefined
  customerId?: string | undefined
  paymentId?: string | undefined
  status?: string | undefined
  paidAt?: string | undefined
  metadata?: Record<string, unknown> | undefined
}

/** An order that a shop (Shopify, Square, WooCommerce) keeps itself. */
export interface PlacedOrder extends Told, Partial<Money> {
  id: string
  orderId: string
  sessionId?: string | undefined
  orderNumber?: string | undefined
  customerId?: string | undefined
  email?: string | undefined
  status?: string | undefined
  paymentStatus?: string | undefined
  items?: Item[] | undefined
  shippingAddress?: Address | undefined
}

export interface StockLevel extends Told { productId: string; available: number; locationId?: string | undefined }

export interface ProductChange extends Told {
  id?: string | undefined
  productId?: string | undefined
  title?: string | undefined
  /** Square says only that something changed since then. */
  changedSince?: string | undefined
}

export interface ReceivedMessage extends Told {
  messageId: string
  channel: string
  from: string
  to?: string | undefined
  /** "text", "image" … */
  kind: string
  text?: string | undefined
  fromName?: string | undefined
  mediaUrls?: string[] | undefined
  /** WhatsApp's media are fetched by id. */
  mediaId?: string | undefined
}

export interface MessageStatus extends Told {
  messageId: string
  channel: string
  status: string
  from?: string | undefined
  to?: string | undefined
  errorCode?: string | undefined
  errorMessage?: string | undefined
}

export interface Item {
  id?: string | undefined
  productId?: string | undefined
  name?: string | undefined
  quantity: number
  /** Of one. */
  price?: string | undefined
}

export interface Address {
  name?: string | undefined
  line1?: string | undefined
  line2?: string | undefined
  city?: string | undefined
  region?: string | undefined
  postalCode?: string | undefined
  country?: string | undefined
  phone?: string | undefined
}
