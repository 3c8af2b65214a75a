import { createHmac } from 'node:crypto'

/** A webhook of Stripe's before it is sent: what stands in its body for good, and where its ids go. */
interface Template {
  /** The body's pieces; `nameOf` goes between them, as often as they are apart. */
  pieces: string[]
}

/**
 * The body of the n-th webhook of a run: by turns a finished checkout and a payment, of one of the organizations, as
 * Stripe prints them (2 to 3 KB, indented). All of its ids are its own.
 */
export function stripeBody(run: string, n: number, organizationId: string): string {
  const { pieces } = templates[n % templates.length] as Template
  return pieces.join(`${run}${n.toString(36).padStart(8, '0')}`).replaceAll(organizationPlace, organizationId)
}

/** The id under which Stripe tells the n-th webhook of a run, and under which it tells it again. */
export function stripeEventId(run: string, n: number): string {
  return `evt_${run}${n.toString(36).padStart(8, '0')}`
}

/** The `Stripe-Signature` of a body that is sent now: the time and the HMAC of both. */
export function stripeSignature(body: string, secret: string, now = Date.now()): string {
  const at = Math.floor(now / 1000)
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')}`
}

const idPlace = '{{id}}'
const organizationPlace = '{{organization}}'

const envelope = { object: 'event', api_version: '2025-09-30.clover', created: 1_767_225_600, livemode: true, pending_webhooks: 1, request: { id: null, idempotency_key: null } }
const address = { city: 'Springfield', country: 'US', line1: '12 St James Square', line2: null, postal_code: '62701', state: 'IL' }
const metadata = { organizationId: organizationPlace, cart: `cart_${idPlace}` }

const checkoutSession = {
  id: `cs_live_${idPlace}`, object: 'checkout.session', after_expiration: null, allow_promotion_codes: null, amount_subtotal: 9_999, amount_total: 9_999,
  automatic_tax: { enabled: false, liability: null, status: null }, billing_address_collection: null, cancel_url: 'https://shop.example/cart', client_reference_id: null,
  consent: null, consent_collection: null, created: 1_767_225_540, currency: 'usd', currency_conversion: null, custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null }, customer: null, customer_creation: 'if_required',
  customer_details: { address, email: 'ada@example.com', name: 'Ada Example', phone: null, tax_exempt: 'none', tax_ids: [] }, customer_email: null,
  expires_at: 1_767_311_940, invoice: null, invoice_creation: { enabled: false }, livemode: true, locale: 'en', metadata, mode: 'payment',
  payment_intent: `pi_${idPlace}`, payment_link: null, payment_method_collection: 'if_required', payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  payment_method_types: ['card'], payment_status: 'paid', phone_number_collection: { enabled: false }, recovered_from: null,
  collected_information: { shipping_details: { name: 'Ada Example', address } }, shipping_address_collection: { allowed_countries: ['US'] }, shipping_options: [],
  status: 'complete', submit_type: null, subscription: null, success_url: 'https://shop.example/thanks', total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 }, ui_mode: 'hosted', url: null,
}

const paymentIntent = {
  id: `pi_${idPlace}`, object: 'payment_intent', amount: 9_999, amount_capturable: 0, amount_details: { tip: {} }, amount_received: 9_999, application: null, application_fee_amount: null,
  automatic_payment_methods: { allow_redirects: 'always', enabled: true }, canceled_at: null, cancellation_reason: null, capture_method: 'automatic_async',
  client_secret: `pi_${idPlace}_secret_Dm43xiq1k0ywrRRjDoi8y1gkM`, confirmation_method: 'automatic', created: 1_767_225_541, currency: 'usd', customer: null, description: null,
  excluded_payment_method_types: null, last_payment_error: null, latest_charge: `ch_${idPlace}`, livemode: true, metadata, next_action: null, on_behalf_of: null,
  payment_method: 'pm_1PgafyB7WZ01zgkWb2F7k2aQ', payment_method_configuration_details: { id: 'pmc_1PgafyB7WZ01zgkW', parent: null },
  payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' } }, payment_method_types: ['card'], processing: null,
  receipt_email: 'ada@example.com', review: null, setup_future_usage: null, shipping: { address, carrier: null, name: 'Ada Example', phone: null, tracking_number: null },
  source: null, statement_descriptor: null, statement_descriptor_suffix: null, status: 'succeeded', transfer_data: null, transfer_group: null,
}

const templates = [template('checkout.session.completed', checkoutSession), template('payment_intent.succeeded', paymentIntent)]

function template(type: string, object: object): Template {
  return { pieces: JSON.stringify({ id: `evt_${idPlace}`, ...envelope, data: { object }, type }, null, 2).split(idPlace) }
}
