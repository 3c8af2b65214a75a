import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { schemeNames, type SchemeName } from '@posthorn/webhooks'
import { isEventType } from '../event-types/event-type.js'
import { toldItems } from './told-items.js'

const folder = new URL('../../../../../shared/payloads/', import.meta.url)
const isThere = existsSync(folder)

interface TwilioRequest { contentType: string; body: string }

describe.skipIf(!isThere)(`bodies as providers send them${isThere ? '' : ` (skipped: there is no ${folder.pathname})`}`, () => {
  const files = isThere ? schemeNames.flatMap((provider) => existsSync(new URL(provider, folder)) ? readdirSync(new URL(provider, folder)).filter((name) => name.endsWith('.json')).map((name) => ({ provider, name })) : []) : []

  test.each(files)('$provider $name becomes an event of its own, to the byte', ({ provider, name }) => {
    const file = readFileSync(new URL(`${provider}/${name}`, folder))
    const { contentType, body: text } = provider === 'twilio' ? JSON.parse(file.toString()) as TwilioRequest : { contentType: 'application/json', body: file.toString() }
    const { items } = toldItems({ provider, verdict: { ok: true, type: name.replace('.json', '').replace(/^real_|^shape_/, '').replace('__', '/') }, body: Buffer.from(text), receivedAt: Date.now(), header: (wanted) => wanted === 'content-type' ? contentType : undefined })
    const events = items.flatMap((item) => item.events)
    expect(events[0]?.type.startsWith(`${provider}.`)).toBe(true)
    expect(events.every(({ type }) => isEventType(type))).toBe(true)
    if (!contentType.includes('form')) expect(events[0]?.data).toBe(text)
    for (const { data } of events) expect(() => JSON.parse(data) as unknown).not.toThrow()
  })

  test.each<[SchemeName, string, string, string[]]>([
    ['stripe', 'payment_intent.succeeded', 'payment_intent.succeeded', ['payment.succeeded']],
    ['stripe', 'payment_intent.payment_failed', 'payment_intent.payment_failed', ['payment.failed']],
    ['stripe', 'invoice.paid', 'invoice.paid', ['invoice.paid']],
    ['paypal', 'real_PAYMENT.SALE.COMPLETED_2015', 'PAYMENT.SALE.COMPLETED', ['payment.succeeded']],
    ['paypal', 'shape_PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.COMPLETED', ['payment.succeeded']],
    ['paypal', 'shape_PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.CAPTURE.REFUNDED', ['payment.refunded']],
    ['square', 'payment.updated', 'payment.updated', ['payment.succeeded']],
    ['square', 'refund.updated', 'refund.updated', ['payment.refunded']],
    ['square', 'inventory.count.updated', 'inventory.count.updated', ['inventory.updated']],
    ['square', 'order.created', 'order.created', ['order.created']],
    ['square', 'catalog.version.updated', 'catalog.version.updated', ['product.updated']],
    ['shopify', 'orders__create', 'orders/create', ['order.created']],
    ['shopify', 'products__update', 'products/update', ['product.updated']],
    ['shopify', 'products__delete', 'products/delete', ['product.deleted']],
    ['shopify', 'refunds__create', 'refunds/create', ['payment.refunded']],
    ['twilio', 'mms_incoming', '', ['message.received']],
    ['twilio', 'sms_status_failed', '', ['message.status']],
    ['twilio', 'voice_incoming', '', []],
    ['whatsapp', 'messages_interactive_list_reply', 'messages', ['message.received']],
    ['whatsapp', 'statuses_read', 'statuses', ['message.status']],
  ])('%s %s means what it should', (provider, name, type, meanings) => {
    const file = readFileSync(new URL(`${provider}/${name}.json`, folder))
    const { contentType, body: text } = provider === 'twilio' ? JSON.parse(file.toString()) as TwilioRequest : { contentType: 'application/json', body: file.toString() }
    const { items } = toldItems({ provider, verdict: { ok: true, type }, body: Buffer.from(text), receivedAt: Date.now(), header: (wanted) => wanted === 'content-type' ? contentType : undefined })
    expect(items.flatMap((item) => item.events).slice(1).map((event) => event.type)).toEqual(meanings)
  })
})
