import { at } from '@posthorn/webhooks/exact-json'
import type { SchemeName } from '@posthorn/webhooks'

/** When the provider says that it happened, or else when we heard of it. */
export function occurredAt(provider: SchemeName, body: unknown, receivedAt: number): number {
  const told = (places[provider] ?? anywhere).map((path) => instantOf(at(body, ...path))).find((instant) => instant !== undefined)
  // A clock that is far ahead, or a field that means something else.
  return told === undefined || told < earliest || told > receivedAt + 86_400_000 ? receivedAt : told
}

const places: Partial<Record<SchemeName, readonly (readonly (string | number)[])[]>> = {
  stripe: [['created']],
  paypal: [['create_time']],
  square: [['created_at']],
  shopify: [['updated_at'], ['created_at']],
  whatsapp: [['entry', 0, 'changes', 0, 'value', 'messages', 0, 'timestamp'], ['entry', 0, 'changes', 0, 'value', 'statuses', 0, 'timestamp']],
  twilio: [['data', 'timestamp'], ['time']],
  slack: [['event_time']],
  zoom: [['event_ts']],
  linear: [['createdAt']],
  paddle: [['occurred_at']],
  sendgrid: [['timestamp']],
  mailgun: [['event-data', 'timestamp']],
  adyen: [['notificationItems', 0, 'NotificationRequestItem', 'eventDate'], ['createdAt'], ['timestamp']],
}
const anywhere = [['timestamp'], ['created_at'], ['createdAt'], ['occurred_at']]

/** Unix seconds or milliseconds, as a number or its digits, or an instant of RFC 3339. */
function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.round(value < 1e11 ? value * 1000 : value)
  if (typeof value !== 'string') return undefined
  if (/^\d{9,14}$/.test(value)) return instantOf(Number(value))
  const ms = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

const earliest = Date.UTC(2000, 0, 1)
