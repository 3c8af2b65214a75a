import { stripeSecret, type DashboardServer } from '../browser/dashboard-server.js'
import type { Receivers } from './receivers.js'

export const pictured = 'northwind'

/** A shop in the middle of its day: what succeeds, fails, waits, was given up, came in and was refused. */
export async function giveSampleData(server: DashboardServer, receivers: Receivers): Promise<void> {
  for (const [id, name, catalog] of [[pictured, 'Northwind Outfitters', 'bare-commerce'], ['lumen', 'Lumen Cloud', 'bear-billing'], ['harbor', 'Harbor Supply', 'better-data'], ['atlas', 'Atlas Partners', 'devsphere']] as const) {
    await server.ask('POST', '/v1/organizations', { id, name, catalog })
  }
  const here = `/v1/organizations/${pictured}`
  const inspector = await server.givenInspector()
  const endpoint = (path: string, more: object) => server.ask('POST', `${here}/endpoints`, { url: path.startsWith('/') ? receivers.url + path : path, ...more })
  await endpoint('/webhooks/posthorn', { description: 'Storefront', eventTypes: ['*'] })
  await endpoint('/slow/warehouse', { description: 'Warehouse', eventTypes: ['order.paid', 'order.cancelled', 'order.fulfilled'], ordered: true })
  await endpoint('/legacy/hooks', { description: 'Old reporting', eventTypes: ['product.*', 'customer.*'], retryPolicy: { schedule: ['0s'] } })
  await endpoint('/erp/orders', { description: 'ERP', eventTypes: ['order.*'], retryPolicy: 'standard', headers: { Authorization: 'Bearer of-the-erp' } })
  await endpoint(inspector, { description: 'While building', eventTypes: ['order.created'], secondSignature: { format: 'standard' } })
  const { id: paused } = await endpoint('/crm/hooks', { description: 'CRM', eventTypes: ['customer.*'] })
  await server.ask('POST', `${here}/endpoints/${paused}/pause`)

  const { catalog } = await server.ask<{ catalog: { types: { type: string; example: object }[] } }>('GET', `${here}/event-types`)
  for (let round = 0; round < 9; round++) {
    const events = catalog.types.map(({ type, example }) => ({ type, data: { ...example, round } }))
    await server.ask('POST', `${here}/events/batch`, { events })
  }
  await giveInbound(server)
  await server.ask('POST', `${here}/events`, { type: 'stripe.payment_intent.succeeded', data: 'pi_9 paid' })
  await settled(server, `${here}/deliveries?state=pending`)
}

/** Inspectors keep what they are sent in memory, so this comes after the last start. */
export async function sendToInspector(server: DashboardServer): Promise<void> {
  const here = `/v1/organizations/${pictured}/endpoints`
  const endpoint = (await server.ask<{ data: { id: string; url: string }[] }>('GET', here)).data.find(({ url }) => url.includes('/inspect/'))
  for (const eventType of ['order.created', 'order.paid']) await server.ask('POST', `${here}/${endpoint?.id}/test`, { eventType })
}

async function giveInbound(server: DashboardServer): Promise<void> {
  await server.ask('POST', '/v1/sources', { name: 'stripe', provider: 'stripe', secrets: [stripeSecret], organizationId: pictured })
  await server.ask('POST', '/v1/sources', { name: 'stripe-billing', provider: 'stripe', secrets: [stripeSecret], organizationId: 'harbor' })
  await server.ask('POST', '/v1/sources', { name: 'shopify', provider: 'shopify', secrets: ['of-the-shopify-app-0123456789'] })
  const created = Math.floor(Date.now() / 1_000)
  for (const [index, amount] of [12_900, 4_950, 31_200, 8_400, 22_000, 1_999].entries()) {
    await server.sendAsStripe(stripeEvent(`evt_pay_${index}`, 'payment_intent.succeeded', { id: `pi_${index}`, object: 'payment_intent', amount, amount_received: amount, currency: 'usd', customer: `cus_Q${index}x8`, status: 'succeeded', metadata: {}, created }), stripeSecret)
  }
  await server.sendAsStripe(stripeEvent('evt_pay_0', 'payment_intent.succeeded', { id: 'pi_0' }), stripeSecret)
  await server.sendAsStripe(stripeEvent('evt_forged', 'payment_intent.succeeded', { id: 'pi_forged' }), 'whsec_of-somebody-else')
  await server.sendAsStripe(stripeEvent('evt_sub', 'customer.subscription.created', {
    id: 'sub_1Qx', object: 'subscription', customer: 'cus_harbor', status: 'active', cancel_at_period_end: false, created, metadata: { plan: 'growth' },
    items: { data: [{ price: { id: 'price_growth', lookup_key: 'growth' }, current_period_end: created + 26 * 86_400 }] },
  }), stripeSecret, 'stripe-billing')
  await server.sendAsStripe(stripeEvent('evt_inv', 'invoice.paid', { id: 'in_1Qx', object: 'invoice', customer: 'cus_harbor', subscription: 'sub_1Qx', amount_paid: 24_900, currency: 'usd', created, status_transitions: { paid_at: created } }), stripeSecret, 'stripe-billing')
}

function stripeEvent(id: string, type: string, object: object): string {
  return JSON.stringify({ id, object: 'event', type, created: Math.floor(Date.now() / 1_000), livemode: false, data: { object } })
}

/** Until nothing waits for its first attempt. */
async function settled(server: DashboardServer, path: string): Promise<void> {
  for (let look = 0; look < 300; look++) {
    if ((await server.ask<{ data: object[] }>('GET', path)).data.length === 0) return
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
}
