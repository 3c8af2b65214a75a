/** A provider's event as it stands in the stream. */
export interface Told { type: string; data: object }

let lastEvent = 0

function stripe(type: string, object: object, created: number): Told {
  lastEvent++
  return { type: `stripe.${type}`, data: { id: `evt_${lastEvent}`, object: 'event', type, created, data: { object } } }
}

const address = { line1: '12 St James Square', line2: null, city: 'Springfield', state: 'IL', postal_code: '62701', country: 'US' }

export const sessionCompleted = ({ type = 'checkout.session.completed', created = 1_700_000_010, ...session }: { [field: string]: unknown; type?: string; created?: number } = {}): Told => stripe(type, {
  id: 'cs_1', object: 'checkout.session', mode: 'payment', payment_status: 'paid', payment_intent: 'pi_1', invoice: null, subscription: null,
  amount_total: 9_999, currency: 'usd', customer: 'cus_123', collected_information: { shipping_details: { name: 'Ada Lovelace', address } }, ...session,
}, created)

export const intentSucceeded = ({ created = 1_700_000_005, ...intent }: { [field: string]: unknown; created?: number } = {}): Told => stripe('payment_intent.succeeded', {
  id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount: 9_999, amount_received: 9_999, currency: 'usd', customer: 'cus_123', latest_charge: 'ch_1', ...intent,
}, created)

export const chargeSucceeded = (charge: object = {}): Told => stripe('charge.succeeded', {
  id: 'ch_1', object: 'charge', status: 'succeeded', paid: true, captured: true, amount: 9_999, amount_captured: 9_999, amount_refunded: 0, currency: 'usd', payment_intent: 'pi_1', customer: 'cus_123', ...charge,
}, 1_700_000_004)

export const chargeRefunded = (refunded: number): Told => stripe('charge.refunded', {
  id: 'ch_1', object: 'charge', status: 'succeeded', paid: true, captured: true, amount: 9_999, amount_captured: 9_999, amount_refunded: refunded, currency: 'usd', payment_intent: 'pi_1', customer: 'cus_123',
}, 1_700_000_100)

export const refundTold = ({ type = 'refund.created', ...refund }: { [field: string]: unknown; type?: string } = {}): Told => stripe(type, {
  id: 're_1', object: 'refund', amount: 9_999, currency: 'usd', status: 'succeeded', payment_intent: 'pi_1', charge: 'ch_1', created: 1_700_000_099, ...refund,
}, 1_700_000_100)

export const invoicePaymentPaid = (invoice: string, paymentIntent: string): Told => stripe('invoice_payment.paid', {
  id: 'inpay_1', object: 'invoice_payment', invoice, payment: { type: 'payment_intent', payment_intent: paymentIntent },
}, 1_700_000_006)

const paypal = (type: string, resource: object): Told => ({ type: `paypal.${type}`, data: { id: `WH-${++lastEvent}`, event_type: type, create_time: '2026-01-01T00:00:00Z', resource } })

export const captureCompleted = (capture: object = {}): Told => paypal('PAYMENT.CAPTURE.COMPLETED', {
  id: '42311647XV020574X', status: 'COMPLETED', amount: { currency_code: 'USD', value: '2.51' }, final_capture: true, invoice_id: 'INV-1', ...capture,
})

export const paypalOrderCompleted = (): Told => paypal('CHECKOUT.ORDER.COMPLETED', {
  id: '5O190127TN364715T', status: 'COMPLETED', payer: { payer_id: 'QYR5Z8XDVJNXQ' },
  purchase_units: [{
    items: [{ name: 'Linen shirt', sku: 'LINEN-M', quantity: '2', unit_amount: { currency_code: 'USD', value: '1.25' } }],
    shipping: { name: { full_name: 'Ada Lovelace' }, address: { address_line_1: '12 St James Square', admin_area_2: 'Springfield', admin_area_1: 'IL', postal_code: '62701', country_code: 'US' } },
    payments: { captures: [{ id: '42311647XV020574X', status: 'COMPLETED', amount: { currency_code: 'USD', value: '2.51' } }] },
  }],
})

export const captureRefunded = (): Told => paypal('PAYMENT.CAPTURE.REFUNDED', {
  id: '1JU08902781691411', status: 'COMPLETED', amount: { currency_code: 'USD', value: '2.51' },
  links: [{ rel: 'self', href: 'https://api.paypal.com/v2/payments/refunds/1JU08902781691411' }, { rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/42311647XV020574X' }],
})

export const saleCompleted = (sale: object = {}): Told => paypal('PAYMENT.SALE.COMPLETED', { id: '4EU7004268015634R', state: 'completed', amount: { total: '20.00', currency: 'USD' }, ...sale })

const square = (type: string, object: object): Told => ({ type: `square.${type}`, data: { event_id: `sq-${++lastEvent}`, type, merchant_id: 'M1', created_at: '2026-01-01T00:00:00Z', data: { object } } })

export const squarePayment = (payment: object = {}): Told => square('payment.updated', {
  payment: { id: 'hYy9', order_id: '03O3', status: 'COMPLETED', total_money: { amount: 100, currency: 'USD' }, updated_at: '2026-01-01T00:00:01Z', ...payment },
})

export const squareRefund = (refund: object = {}): Told => square('refund.updated', {
  refund: { id: 'hYy9_r1', payment_id: 'hYy9', status: 'COMPLETED', amount_money: { amount: 100, currency: 'USD' }, created_at: '2026-01-02T00:00:00Z', ...refund },
})

export const squareInvoice = (): Told => square('invoice.payment_made', { invoice: { id: 'inv:0-1', order_id: '03O3', status: 'PAID' } })
