import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import { stripeMoney, type Money } from './money.js'
import { addressAt, idAt, itemsAt, metadataAt, orderIn, sessionIn } from './reading.js'
import type { CheckoutCompleted, Invoice, Item, NormalizedEvent, Payment, RefundedPayment } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'stripe'

/** Stripe: https://docs.stripe.com/api/events/types */
export function stripeMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  const object = at(body, 'data', 'object')
  switch (type) {
    // A bank transfer or a voucher is paid for later; then the second of these tells it.
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded': return checkout(object)
    case 'payment_intent.succeeded': return payment('payment.succeeded', paymentOfIntent(object))
    case 'payment_intent.payment_failed': return payment('payment.failed', paymentOfIntent(object), textAt(object, 'latest_charge') ?? textAt(body, 'id'), at(object, 'last_payment_error'))
    // Where it was only authorized, nothing is paid yet.
    case 'charge.succeeded':
    case 'charge.captured': return at(object, 'captured') === false ? [] : payment('payment.succeeded', paymentOfCharge(object))
    case 'charge.failed': return payment('payment.failed', paymentOfCharge(object), textAt(object, 'id'), { code: at(object, 'failure_code'), message: at(object, 'failure_message') })
    // The refund itself (refund.created) does not say what was refunded before it, so the charge is its owner.
    case 'charge.refunded': return refundOfCharge(object, at(body, 'data', 'previous_attributes'))
    // invoice.paid also tells of invoices that were paid outside Stripe; where both come, they tell the same.
    case 'invoice.paid':
    case 'invoice.payment_succeeded': return invoice('invoice.paid', object, textAt(object, 'id'))
    case 'invoice.payment_failed': return invoice('invoice.payment_failed', object, `${textAt(object, 'id')}:${textAt(object, 'attempt_count')}`)
    default: return []
  }
}

function checkout(session: unknown): NormalizedEvent[] {
  const sessionId = textAt(session, 'id')
  const paymentStatus = textAt(session, 'payment_status')
  if (sessionId === undefined || (paymentStatus !== 'paid' && paymentStatus !== 'no_payment_required')) return []
  const money = moneyAt(session, 'amount_total')
  const data: CheckoutCompleted = {
    provider, sessionId, paymentStatus, ...money,
    orderId: orderIn(at(session, 'metadata')), paymentId: idAt(session, 'payment_intent'), invoiceId: idAt(session, 'invoice'), subscriptionId: idAt(session, 'subscription'),
    customerId: idAt(session, 'customer'), email: textAt(session, 'customer_details', 'email') ?? textAt(session, 'customer_email'),
    items: itemsAt(lineItem, session, 'line_items', 'data'), shippingAddress: address(session, 'collected_information', 'shipping_details') ?? address(session, 'shipping_details'),
    metadata: metadataAt(session, 'metadata'),
  }
  const completed: NormalizedEvent = { type: 'checkout.completed', key: sessionId, data }
  // Who subscribed to nothing but checkouts still hears of the payment; who hears of both hears it once.
  const { paymentId, paymentStatus: _, ...rest } = data
  return paymentId === undefined || money === undefined || paymentStatus !== 'paid' ? [completed] : [completed, ...payment('payment.succeeded', { ...rest, ...money, paymentId })]
}

function payment(type: 'payment.succeeded' | 'payment.failed', data: Payment | undefined, key = data?.paymentId, failure?: unknown): NormalizedEvent[] {
  if (data === undefined) return []
  if (type === 'payment.succeeded') return [{ type, key, data }]
  return [{ type, key, data: { ...data, failureCode: textAt(failure, 'decline_code') ?? textAt(failure, 'code'), failureMessage: textAt(failure, 'message') } }]
}

function paymentOfIntent(intent: unknown): Payment | undefined {
  const paymentId = textAt(intent, 'id')
  const received = at(intent, 'amount_received')
  const money = moneyAt(intent, typeof received === 'number' && received > 0 ? 'amount_received' : 'amount')
  if (paymentId === undefined || money === undefined) return undefined
  const reference = textAt(intent, 'payment_details', 'order_reference')
  return {
    provider, paymentId, ...money, ...aboutCustomer(intent), email: textAt(intent, 'receipt_email'), shippingAddress: address(intent, 'shipping'),
    // Since 2025-03-31 an intent names its invoice no more, but for the reference that Billing sets.
    invoiceId: idAt(intent, 'invoice') ?? (reference?.startsWith('in_') === true ? reference : undefined),
  }
}

/** A charge is known by its intent, where it has one. */
function paymentOfCharge(charge: unknown): Payment | undefined {
  const paymentId = idAt(charge, 'payment_intent') ?? textAt(charge, 'id')
  const captured = at(charge, 'amount_captured')
  const money = moneyAt(charge, typeof captured === 'number' && captured > 0 ? 'amount_captured' : 'amount')
  if (paymentId === undefined || money === undefined) return undefined
  return {
    provider, paymentId, ...money, ...aboutCustomer(charge), email: textAt(charge, 'billing_details', 'email') ?? textAt(charge, 'receipt_email'),
    invoiceId: idAt(charge, 'invoice'), shippingAddress: address(charge, 'shipping'),
  }
}

function aboutCustomer(object: unknown): Partial<Payment> {
  const metadata = metadataAt(object, 'metadata')
  return { customerId: idAt(object, 'customer'), metadata, orderId: orderIn(metadata), sessionId: sessionIn(metadata) }
}

/** The charge tells what was refunded of it in all; what this refund was is the difference to before. */
function refundOfCharge(charge: unknown, before: unknown): NormalizedEvent[] {
  const [all, earlier] = [at(charge, 'amount_refunded'), at(before, 'amount_refunded')]
  const [latest] = listAt(charge, 'refunds', 'data')
  const currency = at(charge, 'currency')
  const now = typeof all === 'number' && typeof earlier === 'number' ? all - earlier : at(latest, 'amount') ?? all
  const money = stripeMoney(now, currency)
  const paymentId = idAt(charge, 'payment_intent') ?? textAt(charge, 'id')
  if (money === undefined || paymentId === undefined || money.amount <= 0) return []
  const data: RefundedPayment = {
    provider, refundId: textAt(latest, 'id'), paymentId, ...money, orderId: orderIn(at(charge, 'metadata')), isFull: at(charge, 'refunded') === true,
    refundedTotal: stripeMoney(all, currency)?.total, reason: textAt(latest, 'reason'),
  }
  return [{ type: 'payment.refunded', data }]
}

function invoice(type: 'invoice.paid' | 'invoice.payment_failed', object: unknown, key: string | undefined): NormalizedEvent[] {
  const id = textAt(object, 'id')
  const money = moneyAt(object, type === 'invoice.paid' ? 'amount_paid' : 'amount_due')
  if (id === undefined || money === undefined) return []
  const paidAt = at(object, 'status_transitions', 'paid_at')
  const data: Invoice = {
    provider, id, invoiceId: id, ...money, customerId: idAt(object, 'customer'), status: textAt(object, 'status'), metadata: metadataAt(object, 'metadata'),
    // By the version of the API.
    subscriptionId: idAt(object, 'subscription') ?? idAt(object, 'parent', 'subscription_details', 'subscription'),
    paymentId: idAt(object, 'payment_intent') ?? idAt(object, 'payments', 'data', 0, 'payment', 'payment_intent'),
    paidAt: typeof paidAt === 'number' && paidAt > 0 && paidAt < 1e11 ? new Date(paidAt * 1000).toISOString() : undefined,
  }
  return [{ type, key, data }]
}

function moneyAt(object: unknown, name: string): Money | undefined {
  return stripeMoney(at(object, name), at(object, 'currency'))
}

function lineItem(item: unknown): Item | undefined {
  const quantity = at(item, 'quantity')
  const price = stripeMoney(at(item, 'price', 'unit_amount'), at(item, 'currency'))
  return { id: textAt(item, 'id'), productId: idAt(item, 'price', 'product'), name: textAt(item, 'description'), quantity: typeof quantity === 'number' ? quantity : 1, price: price?.total }
}

const address = (value: unknown, ...path: string[]) => addressAt({
  name: ['name'], line1: ['address.line1'], line2: ['address.line2'], city: ['address.city'], region: ['address.state'], postalCode: ['address.postal_code'], country: ['address.country'], phone: ['phone'],
}, value, ...path)
