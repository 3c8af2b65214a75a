import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { schemeNames, type SchemeName } from '@posthorn/webhooks'
import { onSqlite, type TestDatabase } from '../testing/each-database.js'
import { InboundServer, type Answered } from '../testing/inbound-server.js'

// What providers really signed, where it is at hand: cut short and bent, it reaches deeper than random bytes.
const signedRequests = new URL('../../../../../shared/vectors/provider-signed.json', import.meta.url)
const options = { twilio: {}, paypal: { webhookId: 'WH-1' }, sendgrid: { publicKey: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE' }, generic: { header: 'x-signature' } } as Partial<Record<SchemeName, object>>
const builtIn = schemeNames.map((provider) => ({ name: provider, provider, secrets: provider === 'paypal' || provider === 'sendgrid' ? [] : ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], verifyToken: 'token', options: options[provider] ?? {} }))

const headerNames = [
  'stripe-signature', 'x-shopify-hmac-sha256', 'x-square-hmacsha256-signature', 'x-twilio-signature', 'x-hub-signature-256', 'paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig',
  'paypal-cert-url', 'paypal-auth-algo', 'x-betterdata-signature', 'x-webhook-signature', 'x-signature', 'x-bearbilling-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'svix-id', 'svix-timestamp',
  'svix-signature', 'x-slack-signature', 'x-slack-request-timestamp', 'paddle-signature', 'hmacsignature', 'x-twilio-email-event-webhook-signature', 'x-twilio-email-event-webhook-timestamp', 'x-zm-signature',
  'x-zm-request-timestamp', 'linear-signature', 'x-gitlab-token', 'x-mollie-signature', 'x-wc-webhook-signature', 'content-type', 'content-encoding', 'x-timestamp', 'idempotency-key',
]
const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 200 }),
  fc.constantFrom('t=1736761200,v1=00', 'sha256=', 'v1,AAAA', 'application/x-www-form-urlencoded', 'application/json', '9'.repeat(400), 'https://api.paypal.com/v1/notifications/certs/x', ','.repeat(3_000)),
)
const headers = fc.dictionary(fc.constantFrom(...headerNames), headerValue, { maxKeys: 8 })
const body = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc.constantFrom('', '{', '[]', 'null', '[{"NotificationRequestItem":{}}]', '{"notificationItems":[{"NotificationRequestItem":null}]}', '{"entry":[{"changes":[null]}]}', '['.repeat(20_000), `{"a":${'1'.repeat(50_000)}}`, '{"__proto__":{"id":"x"},"id":{}}', 'a=1&a=2&=&%zz', '\ufeff{}').map((text) => new TextEncoder().encode(text)),
)

onSqlite('whatever is sent to a source', (db: TestDatabase) => {
  let slowestMs = 0
  afterAll(() => expect(slowestMs).toBeLessThan(2_000))

  async function send(server: InboundServer, provider: string, bytes: Uint8Array, given: Record<string, string>): Promise<Answered> {
    const startedAt = performance.now()
    const answer = await server.send(`/webhooks/${provider}`, bytes, given)
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    return answer
  }

  test('is refused in words: never a fault, never a wait', { timeout: 120_000 }, async () => {
    const server = await InboundServer.start(db, { builtIn, fetchCertificate: () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----') })
    await fc.assert(fc.asyncProperty(fc.constantFrom(...schemeNames), headers, body, async (provider, given, bytes) => {
      const answer = await send(server, provider, bytes, given)
      expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
      expect(answer.status, answer.text).toBeLessThan(500)
    }), { numRuns: 1_500 })
    expect(server.faults).toEqual([])
    await server.stop()
  })

  test.skipIf(!existsSync(signedRequests))('be it a real request, cut short or bent (skipped where there are none at hand)', { timeout: 120_000 }, async () => {
    const real = JSON.parse(readFileSync(signedRequests, 'utf8')) as { provider: SchemeName; headers: Record<string, string>; body: string }[]
    const server = await InboundServer.start(db, { builtIn, fetchCertificate: () => Promise.resolve('no certificate') })
    await fc.assert(fc.asyncProperty(fc.constantFrom(...real), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255), fc.boolean(), async (request, where, byte, isCut) => {
      const whole = Buffer.from(request.body)
      const at = Math.floor(where * whole.length)
      const bent = isCut ? whole.subarray(0, at) : Buffer.concat([whole.subarray(0, at), Buffer.from([byte]), whole.subarray(at)])
      const answer = await send(server, request.provider, bent, request.headers)
      expect(answer.status, answer.text).toBeLessThan(500)
    }), { numRuns: 400 })
    expect(server.faults).toEqual([])
    await server.stop()
  })
})
