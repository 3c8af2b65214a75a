import type { Schema } from './openapi-types.js'

/**
 * An example of a schema: its own, or one made of examples of its fields, which are known by their names. So an operation
 * that is added has examples, and they are right by construction.
 */
export function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, name = ''): unknown {
  if (schema.$ref !== undefined) {
    const component = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return wholeExamples[component] ?? exampleOf(schemas[component] ?? {}, { ...schemas, [component]: {} }, `${component.charAt(0).toLowerCase()}${component.slice(1)}`)
  }
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, name))) as unknown
  if (schema.properties !== undefined) return Object.fromEntries(Object.entries(schema.properties).map(([field, value]) => [field, exampleOf(value, schemas, field === 'id' ? `${name}Id` : field)]).filter(([, value]) => value !== undefined))
  const known = fieldExamples[name]
  if (schema.prefixItems !== undefined) return schema.prefixItems.map((item) => exampleOf(item, schemas, ''))
  if (isArray(schema)) return Array.isArray(known) ? known : [exampleOf(schema.items ?? {}, schemas, name.replace(/s$/, ''))]
  if (known !== undefined && fits(known, schema)) return known
  if (schema.enum !== undefined) return schema.enum[0]
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return exampleOf(options[0] as Schema, schemas, name)
  return plainExample(schema)
}

function isArray({ type, items }: Schema): boolean {
  return items !== undefined || (Array.isArray(type) ? type.includes('array') : type === 'array')
}

function fits(value: unknown, { $ref, type, enum: values, anyOf }: Schema): boolean {
  if ($ref !== undefined) return false
  if (values !== undefined) return values.includes(value)
  if (anyOf !== undefined) return anyOf.some((option) => fits(value, option))
  const types = type === undefined ? [] : [type].flat()
  return types.length === 0 || types.includes(typeOf(value)) || (types.includes('number') && typeof value === 'number')
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

function plainExample({ type, format, minimum }: Schema): unknown {
  switch ([type].flat()[0]) {
    case 'string': return format === 'date-time' ? instant : format === 'uri' ? 'https://shop.example/webhooks' : 'text'
    case 'integer':
    case 'number': return minimum ?? 1
    case 'boolean': return false
    case 'object': return {}
    default: return null
  }
}

const instant = '2026-01-15T12:00:00.000Z'
const order = { orderNumber: 1042, total: '99.99', currency: 'USD' }

/** What a field of this name holds, wherever it stands. */
const fieldExamples: Readonly<Record<string, unknown>> = {
  org: 'acme', organization: 'acme', organizationId: 'acme', endpoint: 'ep_01kf0m3v7c', endpointId: 'ep_01kf0m3v7c', event: 'evt_01kf0m4w2p', eventId: 'evt_01kf0m4w2p',
  delivery: 'dlv_01kf0m4w2p7c', deliveryId: 'dlv_01kf0m4w2p7c', attemptId: 'att_01kf0m5x9q', source: 'stripe', sourceId: 'src_01kf0m2r4d', receipt: 'rcp_01kf0m6y1t', receiptId: 'rcp_01kf0m6y1t',
  key: 'ph_4n8c0z5w7y2k9d3f6h1j0m8p5r', keyId: 'key_01kf0m1t8b', apiKeyId: 'key_01kf0m1t8b', replay: 'rpl_01kf0m7z5v', replayId: 'rpl_01kf0m7z5v', link: 'lnk_01kf0m8a3n', sourceLinkId: 'lnk_01kf0m8a3n',
  acceptedId: 'evt_01kf0m4w2p', testEndpointAnswerId: 'evt_01kf0m4w2p', newEventId: 'order-1042-created', createOrganizationRequestId: 'acme', organizationIdOfReceipt: 'acme',
  name: 'Acme', title: 'Not found', url: 'https://shop.example/webhooks', webhookUrl: 'https://shop.example/webhooks', publicUrl: 'https://hooks.example/webhooks/square', notificationUrl: 'https://hooks.example/webhooks/square',
  type: 'order.created', eventType: 'order.created', eventTypes: ['order.*'], format: 'standard', catalog: 'bare-commerce', eventTypePolicy: 'warn', description: "Acme's shop", data: order,
  headers: { 'x-tenant': 'acme' }, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', secrets: ['whsec_5f1c2d3e4b5a69788796a5b4c3d2e1f0'], secretHint: '…aLaSw', hint: '…5r', scopes: ['events:publish', 'webhooks:read'],
  after: 'evt_01kf0m4w2p', next: null, limit: 50, createdAt: instant, updatedAt: instant, occurredAt: instant, expiresAt: null, dueAt: null, nextAttemptAt: null, startedAt: instant, receivedAt: instant, overlapEndsAt: instant,
  from: '2026-01-14T00:00:00.000Z', to: '2026-01-15T00:00:00.000Z', timeoutSeconds: 15, ratePerSecond: 100, overlapSeconds: 86_400, matched: 128, replayed: 64, attemptCount: 1, number: 1, durationMs: 84, status: 200,
  consumers: ['orders'], consumer: 'orders', deadLetter: '4711', deadLetterId: '4711', customerId: 'cus_NffrFeUfNV2Hib', subscriptionId: 'sub_1MowQVLkdIwHu7ixeRlqHVzs', invoiceId: 'in_1MtHbELkdIwHu7ixl4OzzPMv', plan: 'pro',
  amount: '29.00', total: '99.99', price: '49.99', currency: 'USD', quantity: 2, productId: '808950810', sku: 'HORN-1', locationId: '655441491', available: 24, entitlements: ['unlimited-endpoints'], orderId: 'ord_000001',
  paidAt: instant, failedAt: instant, parkedAt: instant, asOf: instant, currentPeriodEnd: '2026-02-15T12:00:00.000Z', nextTryAt: null, line1: '1 Post Street', line2: null, city: 'Springfield', postalCode: '62701', country: 'US',
  provider: 'stripe', account: 'cus_NffrFeUfNV2Hib', verdict: 'accepted', state: 'enabled', disabledReason: null, managed: null, retryPolicy: 'standard', secondSignature: null, errorClass: null, error: null,
  requestBody: '{"type":"order.created","timestamp":"2026-01-15T12:00:00.000Z","data":{"orderNumber":1042,"total":"99.99","currency":"USD"}}',
  requestHeaders: { 'content-type': 'application/json', 'webhook-id': 'evt_01kf0m4w2p', 'webhook-timestamp': '1768478400', 'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' },
  responseHeaders: { 'content-type': 'text/plain' }, responseExcerpt: 'ok', responseExcerptEncoding: 'utf-8', inherits: ['format', 'retryPolicy'], version: 1, detail: 'There is no such object, or this key does not reach it.',
  code: 'not_found', fix: 'Check the id, and that the key belongs to the same organization.', path: 'url', message: 'is missing', reason: null, dedupeId: 'evt_1NG8Du2eZvKYlo2CUI79vXWy', method: 'POST', duplicateOf: null, replayedAt: null,
}

/** Where the parts would make no sensible whole. */
const wholeExamples: Readonly<Record<string, unknown>> = {
  Problem: { type: 'https://posthorn.dev/errors#not_found', title: 'Not found', status: 404, code: 'not_found', detail: 'There is no such object, or this key does not reach it.', fix: 'Check the id, and that the key belongs to the same organization.' },
  StreamMessage: { kind: 'event', organization: 'acme', id: 'evt_01kf0m4w2p', type: 'order.created', origin: 'api', createdAt: instant, receiptId: null },
  RetryPolicy: { schedule: ['0s', '5s', '2m', '30m'] },
  NewEvent: { type: 'order.created', data: order },
  CreateOrganizationRequest: { id: 'acme', name: 'Acme', catalog: 'bare-commerce' },
  UpdateOrganizationRequest: { eventTypePolicy: 'reject' },
  CreateEndpointRequest: { url: 'https://shop.example/webhooks', eventTypes: ['order.*'], description: "Acme's shop" },
  UpdateEndpointRequest: { eventTypes: ['order.created', 'payment.*'], ratePerSecond: 50 },
  TestEndpointRequest: { eventType: 'order.created' },
  RotateSigningSecretRequest: { overlapSeconds: 3_600 },
  PublishEventsRequest: { events: [{ type: 'order.created', data: order }, { type: 'order.paid', data: { orderNumber: 1042 } }] },
  PublishEventsAnswer: { data: [{ status: 202, id: 'evt_01kf0m4w2p' }, { status: 202, id: 'evt_01kf0m4w2q' }] },
  NewReplay: { endpointId: 'ep_01kf0m3v7c', state: 'dead', from: '2026-01-14T00:00:00.000Z' },
  CreateKeyRequest: { name: 'checkout service', scopes: ['events:publish'] },
  NewSource: { name: 'stripe', provider: 'stripe', secrets: ['whsec_5f1c2d3e4b5a69788796a5b4c3d2e1f0'] },
  SourceChanges: { secrets: ['whsec_of-today-0123456789abcdef', 'whsec_of-yesterday-0123456789ab'] },
  ReplayReceiptRequest: { organizationId: 'acme' },
}
