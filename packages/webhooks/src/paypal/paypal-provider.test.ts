import { sign, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import type { WebhookRequest } from '../received-request.js'
import { verify } from '../verify.js'
import type { VerifyOptions } from '../verify-options.js'
import { issuerUrl } from './certificate-chain.js'
import { certificateUrl } from './certificate-url.js'
import { intermediate, intermediateOfOneDay, paypal, paypalIssuedByNoAuthority, paypalKey, paypalSelfSigned, paypalUnderIntermediateOfOneDay, root, someoneElse, someoneElsesKey } from './certificates.test.fixtures.js'

const certUrl = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77'
const now = Date.parse('2027-06-01T12:00:00Z') / 1000
const body = '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"amount":{"value":"1.0"}}}'

interface Sent { body?: string; key?: string; webhookId?: string; time?: string; headers?: Record<string, string> }

function send({ body: text = body, key = paypalKey, webhookId = 'WEBHOOK-1', time = new Date(now * 1000).toISOString(), headers = {} }: Sent = {}) {
  const signature = sign('sha256', Buffer.from(`transmission-1|${time}|${webhookId}|${crc32(text)}`), key).toString('base64')
  return {
    method: 'POST', url: '/webhooks/paypal', body: Buffer.from(text),
    headers: { 'PAYPAL-TRANSMISSION-ID': 'transmission-1', 'PAYPAL-TRANSMISSION-TIME': time, 'PAYPAL-TRANSMISSION-SIG': signature, 'PAYPAL-AUTH-ALGO': 'SHA256withRSA', 'PAYPAL-CERT-URL': certUrl, ...headers },
  }
}

const judged = (sent: WebhookRequest, options: Partial<VerifyOptions> = {}) =>
  verify(sent, { scheme: 'paypal', now, webhookId: 'WEBHOOK-1', trustAnchors: [root], intermediates: [intermediate], fetchCertificate: () => paypal, ...options })

test('a genuine request tells its id, its type and the transmission that the signature covers', async () => {
  expect(await judged(send())).toEqual({ ok: true, dedupeId: 'WH-1', type: 'PAYMENT.CAPTURE.COMPLETED', isDedupeIdSigned: false, replayId: 'transmission-1' })
})

test('a changed body, another webhook id and another transmission do not fit', async () => {
  expect(await judged({ ...send(), body: Buffer.from(body.replace('1.0', '9.0')) })).toMatchObject({ code: 'signature_mismatch' })
  expect(await judged(send(), { webhookId: 'WEBHOOK-2' })).toMatchObject({ code: 'signature_mismatch' })
  expect(await judged(send({ headers: { 'PAYPAL-TRANSMISSION-ID': 'transmission-2' } }))).toMatchObject({ code: 'signature_mismatch' })
})

test('a body forged to the same CRC32 gets through, but only as the same transmission and only for three days', async () => {
  const forged = withCrc32('{"id":"WH-FORGED","event_type":"PAYMENT.CAPTURE.COMPLETED"}', crc32(body))
  const verdict = await judged({ ...send(), body: forged })
  expect(verdict).toMatchObject({ ok: true, replayId: 'transmission-1', isDedupeIdSigned: false })
  expect(await judged({ ...send(), body: forged }, { now: now + 4 * 24 * 3600 })).toMatchObject({ code: 'timestamp_too_old' })
})

test('a repeat within three days is still in time, one from the future is not', async () => {
  expect(await judged(send(), { now: now + 3 * 24 * 3600 })).toMatchObject({ ok: true })
  expect(await judged(send(), { now: now + 301, toleranceSeconds: 300 })).toMatchObject({ code: 'timestamp_too_old' })
  expect(await judged(send(), { now: now - 4 * 24 * 3600 })).toMatchObject({ code: 'timestamp_in_future' })
})

describe('the certificate', () => {
  test.each([
    ['made out to someone else, by the same authority', someoneElse, someoneElsesKey, [intermediate], 'cert_untrusted'],
    ['in PayPal\'s name, but self-signed', paypalSelfSigned, paypalKey, [intermediate], 'cert_untrusted'],
    ['in PayPal\'s name, issued by one that is no authority', paypalIssuedByNoAuthority, paypalKey, [intermediate, someoneElse], 'cert_untrusted'],
    ['in PayPal\'s name, under an authority that has expired', paypalUnderIntermediateOfOneDay, paypalKey, [intermediateOfOneDay], 'cert_expired'],
    ['no certificate', 'hello', paypalKey, [intermediate], 'cert_malformed'],
    ['a broken certificate', paypal.replace('MII', 'AAA'), paypalKey, [intermediate], 'cert_malformed'],
  ])('%s is refused', async (_, pem, key, intermediates, code) => {
    expect(await judged(send({ key }), { fetchCertificate: () => pem, intermediates })).toMatchObject({ ok: false, code })
  })

  test('outside its dates it is refused, before anything else is fetched', async () => {
    const fetchCertificate = vi.fn(() => paypal)
    expect(await judged(send(), { now: Date.parse('2200-01-01') / 1000, intermediates: [], fetchCertificate })).toMatchObject({ code: 'cert_expired' })
    expect(fetchCertificate).toHaveBeenCalledTimes(1)
  })

  test('under the roots that Node trusts, a stranger\'s authority counts for nothing', async () => {
    expect(await judged(send(), { trustAnchors: undefined })).toMatchObject({ ok: false })
  })

  test('the chain may come with it, or the missing link from where the certificate says its issuer publishes it', async () => {
    expect(await judged(send(), { intermediates: [], fetchCertificate: () => paypal + intermediate })).toMatchObject({ ok: true })
    const fetchCertificate = vi.fn((url: string) => (url === certUrl ? paypal : intermediate))
    expect(await judged(send(), { intermediates: [], fetchCertificate })).toMatchObject({ ok: true })
    expect(fetchCertificate.mock.calls.flat()).toEqual([certUrl, 'http://cacerts.digicert.com/TestIntermediate.crt'])
  })

  test('nothing but DigiCert\'s own host is asked for a missing link', () => {
    expect(issuerUrl(new X509Certificate(paypal))).toBe('http://cacerts.digicert.com/TestIntermediate.crt')
    const claiming = (infoAccess: string) => ({ infoAccess }) as X509Certificate
    for (const url of ['http://169.254.169.254/x.crt', 'http://cacerts.digicert.com.evil.example/x.crt', 'http://cacerts.digicert.com@evil.example/x.crt', 'file:///etc/passwd']) {
      expect(issuerUrl(claiming(`CA Issuers - URI:${url}`))).toBeUndefined()
    }
  })

  test('it is fetched once for many requests, also for those that arrive together', async () => {
    const fetchCertificate = vi.fn(async () => paypal)
    await Promise.all([judged(send(), { fetchCertificate }), judged(send(), { fetchCertificate })])
    await judged(send(), { fetchCertificate })
    expect(fetchCertificate).toHaveBeenCalledTimes(1)
  })

  test('when it cannot be fetched the refusal says so, and the next request tries again', async () => {
    const fetchCertificate = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('ECONNREFUSED')).mockResolvedValue(paypal)
    expect(await judged(send(), { fetchCertificate })).toMatchObject({ ok: false, code: 'cert_unavailable', reason: expect.stringMatching(/503/) })
    expect(await judged(send(), { fetchCertificate })).toMatchObject({ ok: true })
  })
})

test.each([
  'http://api.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
  'https://evil.example/v1/notifications/certs/CERT-1?api.paypal.com',
  'https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1',
  'https://evil.example\\@api.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
  'https://www.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com/v1/notifications/../../redirect',
  'https://api.paypal.com/redirect/v1/notifications/certs/CERT-1',
  'https://api.paypal.com/v1/notifications/certs/CERT-1#@evil.example',
  '//api.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com./v1/notifications/certs/CERT-1',
  'https://аpi.paypal.com/v1/notifications/certs/CERT-1',
  'not a url',
])('a certificate at %s is never fetched', async (url) => {
  const fetchCertificate = vi.fn(() => paypal)
  expect(await judged(send({ headers: { 'PAYPAL-CERT-URL': url } }), { fetchCertificate })).toMatchObject({ code: expect.stringMatching(/cert_url_refused|missing_header/) })
  expect(fetchCertificate).not.toHaveBeenCalled()
})

test('the four API hosts of PayPal are asked', () => {
  for (const host of ['api', 'api-m', 'api.sandbox', 'api-m.sandbox']) expect(certificateUrl(`https://${host}.paypal.com/v1/notifications/certs/CERT-1`)).toBeDefined()
})

test.each(['PAYPAL-TRANSMISSION-ID', 'PAYPAL-TRANSMISSION-TIME', 'PAYPAL-TRANSMISSION-SIG', 'PAYPAL-CERT-URL', 'PAYPAL-AUTH-ALGO'])('without %s it is refused', async (name) => {
  expect(await judged(send({ headers: { [name]: '' } }))).toMatchObject({ code: 'missing_header', reason: expect.stringContaining(name.toLowerCase()) })
})

test('other algorithms, times that are none and signatures of another size are refused', async () => {
  for (const headers of [{ 'PAYPAL-AUTH-ALGO': 'none' }, { 'PAYPAL-TRANSMISSION-TIME': 'yesterday' }, { 'PAYPAL-TRANSMISSION-SIG': 'AAAA' }]) {
    expect(await judged(send({ headers: headers as unknown as Record<string, string> }))).toMatchObject({ code: 'malformed_header' })
  }
})

test('without the id of the webhook nothing can be verified', async () => {
  expect(await judged(send(), { webhookId: undefined })).toMatchObject({ code: 'option_missing' })
})

/** Appends four bytes that give `text` the wanted checksum: CRC32 is linear, so they can simply be computed. */
function withCrc32(text: string, wanted: number): Buffer {
  const table = Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value >>> 0
  })
  // Backwards: which table entries lead to the wanted register.
  let register = ~wanted >>> 0
  const indexes: number[] = []
  for (let step = 0; step < 4; step++) {
    const index = table.findIndex((entry) => entry >>> 24 === register >>> 24)
    indexes.unshift(index)
    register = (((register ^ table[index]!) << 8) | index) >>> 0
  }
  // Forwards: the bytes that pick those entries, from where the text leaves the register.
  let state = ~crc32(text) >>> 0
  const patch = indexes.map((index) => {
    const byte = (state ^ index) & 0xff
    state = (table[index]! ^ (state >>> 8)) >>> 0
    return byte
  })
  const forged = Buffer.concat([Buffer.from(text), Buffer.from(patch)])
  if (crc32(forged) !== wanted) throw new Error('the forgery is itself wrong')
  return forged
}
