import { createHmac, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sign } from '@posthorn/webhooks'
import { onSqlite } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { InboundServer } from '../testing/inbound-server.js'
import { sql } from '../storage/sql.js'
import type { BuiltInSource } from '../sources/built-in-sources.js'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const builtIn = (name: BuiltInSource['provider'], more: Partial<BuiltInSource> = {}): BuiltInSource => ({ name, provider: name, secrets: [secret], options: {}, ...more })

onSqlite('the inbound URLs', (db) => {
  let server: InboundServer
  const receipts = async () => (await server.api('GET', '/receipts?limit=200')).body.data ?? []
  const start = async (settings: Parameters<typeof InboundServer.start>[1]) => { server = await InboundServer.start(db, settings) }
  const now = () => db.clock.now()

  beforeEach(async () => { await givenOrganization(db, 'acme') })
  afterEach(async () => {
    await server.stop()
    expect(server.faults).toEqual([])
  })

  describe('answer what each provider expects', () => {
    test.each([
      ['stripe', 400], ['shopify', 401], ['square', 403], ['twilio', 401], ['whatsapp', 403], ['better-data', 403], ['bare-commerce', 401], ['bear-billing', 401], ['devsphere', 401],
      ['github', 401], ['slack', 401], ['paddle', 401], ['adyen', 401], ['mailgun', 401], ['zoom', 401], ['linear', 401], ['gitlab', 401], ['intercom', 401], ['woocommerce', 401], ['bigcommerce', 401],
      ['svix', 401], ['clerk', 401], ['standard-webhooks', 401], ['mollie', 401],
    ] as const)('%s: a request without a signature %i, as a problem with the reason', async (name, status) => {
      await start({ builtIn: [builtIn(name)] })
      const answer = await server.send(`/webhooks/${name}`, '{"id":"1"}')
      expect(answer).toMatchObject({ status, body: { status, code: expect.any(String), detail: expect.any(String) } })
      expect(await receipts()).toMatchObject([{ source: name, verdict: 'refused', status, code: answer.body['code'] }])
    })

    test.each(['bare-commerce', 'bear-billing', 'devsphere', 'better-data'] as const)('%s: accepted 200', async (name) => {
      await start({ builtIn: [builtIn(name)] })
      const body = '{"id":"evt_1","type":"order.created","data":{"orderId":"o_1"}}'
      const headers = await sign(name, [secret], { id: 'evt_1', timestamp: Math.floor(now() / 1000), body })
      expect(await server.send(`/webhooks/${name}`, body, headers)).toMatchObject({ status: 200, body: { received: true } })
      expect(await receipts()).toMatchObject([{ verdict: 'accepted', dedupeId: 'evt_1', type: 'order.created' }])
    })

    test('Twilio: an empty TwiML response, or nothing at all where it is told so', async () => {
      await start({ builtIn: [builtIn('twilio')] })
      const body = 'MessageSid=SM1&From=%2B1415&To=%2B1416&Body=hi+there&SmsStatus=received'
      const answer = await server.send('/webhooks/twilio', body, twilioHeaders('https://hooks.example/webhooks/twilio', body))
      expect(answer).toMatchObject({ status: 200, text: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>' })
      expect(answer.headers.get('content-type')).toBe('text/xml')

      await server.api('POST', '/sources', { name: 'quiet', provider: 'twilio', secrets: [secret], answer: 'empty', organizationId: 'acme' })
      expect(await server.send('/webhooks/quiet', body, twilioHeaders('https://hooks.example/webhooks/quiet', body))).toMatchObject({ status: 200, text: '' })
      const [native, received] = await server.events('acme')
      expect(native).toMatchObject({ type: 'twilio.message.received', data: '{"MessageSid":"SM1","From":"+1415","To":"+1416","Body":"hi there","SmsStatus":"received"}' })
      expect(JSON.parse(received?.data ?? '')).toEqual({ provider: 'twilio', messageId: 'SM1', channel: 'sms', from: '+1415', to: '+1416', kind: 'text', text: 'hi there' })
    })

    test('Adyen: [accepted]', async () => {
      const key = randomBytes(32).toString('hex')
      await start({ builtIn: [builtIn('adyen', { secrets: [key] })] })
      const item = { pspReference: 'P1', originalReference: '', merchantAccountCode: 'M', merchantReference: 'R', amount: { value: 100, currency: 'EUR' }, eventCode: 'AUTHORISATION', success: 'true' }
      const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex')).update('P1::M:R:100:EUR:AUTHORISATION:true').digest('base64')
      const body = JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: { ...item, additionalData: { hmacSignature } } }] })
      expect(await server.send('/webhooks/adyen', body)).toMatchObject({ status: 200, text: '[accepted]' })
      expect(await receipts()).toMatchObject([{ dedupeId: 'AUTHORISATION:P1' }])
    })
  })

  describe('handshakes', () => {
    test('Meta asks with a GET and is answered its challenge as plain text; a wrong token is refused', async () => {
      await start({ builtIn: [builtIn('whatsapp', { verifyToken: 'right' })] })
      const ask = (token: string) => server.send(`/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`, '', {}, 'GET')
      const answer = await ask('right')
      expect(answer).toMatchObject({ status: 200, text: '1158201444' })
      expect(answer.headers.get('content-type')).toContain('text/plain')
      expect((await ask('wrong')).status).toBe(403)
      expect(await receipts()).toMatchObject([{ verdict: 'refused', code: 'handshake_refused' }, { verdict: 'handshake', method: 'GET', status: 200 }])
    })

    test('Slack asks with a signed url_verification', async () => {
      await start({ builtIn: [builtIn('slack')] })
      const body = '{"type":"url_verification","challenge":"3eZbrw1aB1","token":"t"}'
      const timestamp = String(Math.floor(now() / 1000))
      const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
      expect(await server.send('/webhooks/slack', body, { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature })).toMatchObject({ status: 200, text: '3eZbrw1aB1' })
      expect(await receipts()).toMatchObject([{ verdict: 'handshake', eventCount: 0 }])
    })

    test('Zoom has its token signed', async () => {
      await start({ builtIn: [builtIn('zoom')] })
      const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1}'
      const timestamp = String(Math.floor(now() / 1000))
      const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
      const answer = await server.send('/webhooks/zoom', body, { 'x-zm-request-timestamp': timestamp, 'x-zm-signature': signature })
      expect(answer).toMatchObject({ status: 200, body: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken: createHmac('sha256', secret).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex') } })
    })
  })

  describe('the URL that is signed', () => {
    const body = '{"event_id":"e1","type":"order.created","merchant_id":"M","data":{"object":{"order_created":{"order_id":"o1"}}}}'
    const square = (url: string) => ({ 'x-square-hmacsha256-signature': createHmac('sha256', secret).update(url + body).digest('base64') })

    test('is the configured one, whatever Host says', async () => {
      await start({ builtIn: [builtIn('square')] })
      expect((await server.send('/webhooks/square', body, square(`${server.url}/webhooks/square`))).status).toBe(403)
      expect((await receipts())[0]).toMatchObject({ code: 'signature_mismatch' })
      expect((await server.send('/webhooks/square', body, square('https://hooks.example/webhooks/square'))).status).toBe(200)
    })

    test("is the source's own where it has one", async () => {
      await start({})
      await server.api('POST', '/sources', { name: 'shop', provider: 'square', secrets: [secret], publicUrl: 'https://shop.example/in?x=1' })
      expect((await server.send('/webhooks/shop', body, square('https://hooks.example/webhooks/shop'))).status).toBe(403)
      expect((await server.send('/webhooks/shop', body, square('https://shop.example/in?x=1'))).status).toBe(200)
    })

    test('without one, the refusal says what to set', async () => {
      await start({ builtIn: [builtIn('square')], publicUrl: undefined })
      expect(await server.send('/webhooks/square', body, square('https://x.example/'))).toMatchObject({ status: 403, body: { code: 'option_missing' } })
    })
  })

  describe('/api/webhooks', () => {
    const body = '{"id":1,"type":"checkout.completed","event_id":"e1","data":{"orderId":"o1","sessionId":"s1"}}'

    test('is an alias under every name', async () => {
      await start({ builtIn: [builtIn('stripe'), builtIn('square')] })
      const t = Math.floor(now() / 1000)
      const headers = { 'stripe-signature': `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}` }
      expect((await server.send('/api/webhooks/stripe', body, headers)).status).toBe(200)
      const signature = createHmac('sha256', secret).update(`https://hooks.example/api/webhooks/square${body}`).digest('base64')
      expect((await server.send('/api/webhooks/square', body, { 'x-square-hmacsha256-signature': signature })).status).toBe(200)
    })

    test("tells the gateway's three senders apart by their headers, and refuses with 403", async () => {
      await start({ builtIn: [builtIn('shopify'), builtIn('square'), builtIn('better-data')] })
      const base64 = createHmac('sha256', secret).update(body).digest('base64')
      const square = createHmac('sha256', secret).update(`https://hooks.example/api/webhooks${body}`).digest('base64')
      const ofSender = { shopify: { 'x-shopify-hmac-sha256': base64, 'x-shopify-topic': 'products/update' }, square: { 'x-square-hmacsha256-signature': square }, 'better-data': { 'x-betterdata-signature': createHmac('sha256', secret).update(body).digest('hex') } }
      for (const headers of Object.values(ofSender)) expect((await server.send('/api/webhooks', body, headers)).status).toBe(200)
      expect((await receipts()).map(({ source }) => source).reverse()).toEqual(['shopify', 'square', 'better-data'])
      expect((await server.events('operator')).map(({ type }) => type)).toEqual(['shopify.products.update', 'product.updated', 'square.checkout.completed', 'better-data.checkout.completed', 'checkout.completed'])

      for (const headers of Object.values(ofSender)) expect((await server.send('/api/webhooks', `${body} `, headers)).status).toBe(403)
      expect(await server.send('/api/webhooks', body)).toMatchObject({ status: 403, body: { code: 'missing_header' } })
      expect(await server.send('/api/webhooks', body, { ...ofSender.shopify, ...ofSender['better-data'] })).toMatchObject({ status: 403, body: { code: 'ambiguous_sender' } })
    })

    test('finds a source by its provider where only one has it, and says so where several do', async () => {
      await start({})
      const headers = { 'x-betterdata-signature': createHmac('sha256', secret).update(body).digest('hex') }
      expect(await server.send('/api/webhooks', body, headers)).toMatchObject({ status: 403, body: { code: 'secret_missing' } })
      await server.api('POST', '/sources', { name: 'one', provider: 'better-data', secrets: [secret] })
      expect((await server.send('/api/webhooks', body, headers)).status).toBe(200)
      await server.api('POST', '/sources', { name: 'two', provider: 'better-data', secrets: [secret] })
      expect(await server.send('/api/webhooks', body, headers)).toMatchObject({ status: 403, body: { code: 'ambiguous_sender' } })
    })
  })

  describe('hostile senders', () => {
    test('more than 5 MiB is answered 413, announced or not, and leaves a receipt without a body', async () => {
      await start({ builtIn: [builtIn('stripe')] })
      expect((await server.send('/webhooks/stripe', 'x'.repeat(5 * 1024 * 1024 + 1))).status).toBe(413)
      expect(await sendChunked(`${server.url}/webhooks/stripe`, 5 * 1024 * 1024 + 1)).toBe(413)
      expect(await receipts()).toMatchObject([{ verdict: 'refused', code: 'body_too_large', status: 413, body: 'not_kept', bodyBytes: 0 }, { code: 'body_too_large' }])
      expect(await server.api('POST', `/receipts/${String((await receipts())[0]?.['id'])}/replay`)).toMatchObject({ status: 409, body: { code: 'receipt_without_body' } })
    })

    test('a body that drips is cut off in time', async () => {
      await start({ builtIn: [builtIn('stripe')], limits: { readWithinMs: 200 } })
      const startedAt = performance.now()
      const answer = await drip(server.url, 'POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"a')
      expect(answer).toMatch(/^HTTP\/1\.1 408 /)
      expect(await drip(server.url, 'POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a"')).toMatch(/^HTTP\/1\.1 408 /)
      expect(performance.now() - startedAt).toBeLessThan(5_000)
    })

    test('other methods are told which', async () => {
      await start({ builtIn: [builtIn('stripe')] })
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await server.send('/webhooks/stripe', '', {}, method)
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')])
      }
    })

    test('what lets somebody in elsewhere is masked before it is stored; signatures are kept', async () => {
      await start({ builtIn: [builtIn('stripe'), builtIn('gitlab')] })
      await server.send('/webhooks/stripe', '{}', { authorization: 'Bearer s3cret-token', cookie: 'session=s3cret-token', 'stripe-signature': 't=1,v1=00', 'x-twice': 'a' })
      await server.send('/webhooks/gitlab', '{"object_kind":"push"}', { 'x-gitlab-token': secret })
      const shown = await Promise.all((await receipts()).map(async ({ id }) => (await server.api('GET', `/receipts/${String(id)}`)).text))
      expect(shown.join()).not.toContain('s3cret-token')
      expect(shown.join()).not.toContain(secret)
      expect(shown.join()).toContain('t=1,v1=00')
      const stored = JSON.stringify(await db.all(sql`select headers from receipts`))
      expect(stored).not.toContain('s3cret-token')
      expect(stored).not.toContain(secret)
    })

    test("a secret that is itself the proof lies sealed, and a refused receipt is proven by it later", async () => {
      await start({})
      await server.api('POST', '/sources', { name: 'lab', provider: 'gitlab', secrets: ['mistyped'], organizationId: 'acme' })
      expect((await server.send('/webhooks/lab', '{"object_kind":"push"}', { 'x-gitlab-token': secret })).status).toBe(401)
      await server.api('PATCH', '/sources/lab', { secrets: [secret] })
      expect(await server.api('POST', `/receipts/${String((await receipts())[0]?.['id'])}/replay`)).toMatchObject({ status: 200, body: { verdict: 'accepted' } })
    })

    test('a paused source sends everybody away to come again', async () => {
      await start({})
      await server.api('POST', '/sources', { name: 'billing', provider: 'stripe', secrets: [secret] })
      await server.api('PATCH', '/sources/billing', { state: 'paused' })
      const answer = await server.send('/webhooks/billing', '{}')
      expect([answer.status, answer.body['code'], answer.headers.get('retry-after')]).toEqual([503, 'source_paused', '300'])
      expect(await receipts()).toEqual([])
    })
  })

  test('PayPal: a certificate that cannot be fetched is 503, for the request may be genuine', async () => {
    await start({ builtIn: [builtIn('paypal', { secrets: [], options: { webhookId: 'WH-1' } })], fetchCertificate: () => Promise.reject(new Error('no network')) })
    const headers = {
      'paypal-transmission-id': 'a', 'paypal-transmission-time': new Date(now()).toISOString(), 'paypal-transmission-sig': randomBytes(256).toString('base64'),
      'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-1', 'paypal-auth-algo': 'SHA256withRSA',
    }
    const answer = await server.send('/webhooks/paypal', '{}', headers)
    expect([answer.status, answer.body['code'], answer.headers.get('retry-after')]).toEqual([503, 'cert_unavailable', '5'])
    expect((await server.send('/webhooks/paypal', '{}', { ...headers, 'paypal-cert-url': 'https://evil.example/cert' })).status).toBe(401)
    expect(await receipts()).toMatchObject([{ code: 'cert_url_refused' }, { code: 'cert_unavailable' }])
  })

  test('PayPal: one that comes too late is 503 within two seconds', async () => {
    await start({ builtIn: [builtIn('paypal', { secrets: [], options: { webhookId: 'WH-1' } })], fetchCertificate: () => new Promise(() => {}) })
    const startedAt = performance.now()
    const answer = await server.send('/webhooks/paypal', '{}', {
      'paypal-transmission-id': 'a', 'paypal-transmission-time': new Date(now()).toISOString(), 'paypal-transmission-sig': randomBytes(256).toString('base64'),
      'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-2', 'paypal-auth-algo': 'SHA256withRSA',
    })
    expect([answer.status, answer.body['code']]).toEqual([503, 'cert_unavailable'])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

function twilioHeaders(url: string, form: string): Record<string, string> {
  const fields = new URLSearchParams(form)
  const text = url + [...fields.keys()].sort().map((name) => name + (fields.get(name) ?? '')).join('')
  return { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': createHmac('sha1', secret).update(text).digest('base64') }
}

function sendChunked(url: string, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    const chunk = Buffer.alloc(64 * 1024, 'x')
    for (let sent = 0; sent < bytes; sent += chunk.length) request.write(chunk)
    request.end()
  })
}

/** Begins a request and never ends it; gives what comes back before the connection is closed. */
function drip(url: string, head: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(head))
    socket.on('data', (chunk: Buffer) => { answer += chunk.toString() })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}
