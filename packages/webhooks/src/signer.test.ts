import { verify as verifyGithub } from '@octokit/webhooks-methods'
import { createHmac, generateKeyPairSync, timingSafeEqual, verify as verifyWithKey } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { createSigner, generateSecret, secretProblem, isUsableSecret, signingSchemes } from './signer.js'

const body = '{"type":"order.created","data":{"total":"99.99","name":"Zoë"}}'
const now = () => Math.floor(Date.now() / 1000)
const message = () => ({ id: 'evt_1', timestamp: now(), body })
const hmacHex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')

describe('what we sign, the official packages verify', () => {
  test('standardwebhooks accepts "standard"', () => {
    const secret = generateSecret()
    const headers = createSigner('standard', [secret])(message())
    expect(new StandardWebhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  })

  test('standardwebhooks accepts both secrets while they are rotated', () => {
    const [old, next] = [generateSecret(), generateSecret()]
    const headers = createSigner('standard', [old, next])(message())
    expect(() => new StandardWebhook(old).verify(body, headers)).not.toThrow()
    expect(() => new StandardWebhook(next).verify(body, headers)).not.toThrow()
  })

  test('svix accepts "svix"', () => {
    const secret = generateSecret()
    expect(new SvixWebhook(secret).verify(body, createSigner('svix', [secret])(message()))).toEqual(JSON.parse(body))
  })

  test('stripe accepts "stripe", with one secret and with two', () => {
    const stripe = new Stripe('sk_test_none')
    const [old, next] = ['whsec_the_old_one', 'whsec_the_next_one']
    const header = createSigner('stripe', [old, next])(message())['Stripe-Signature']!
    expect(header).toMatch(/^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/)
    for (const secret of [old, next]) expect(stripe.webhooks.constructEvent(body, header, secret)).toEqual(JSON.parse(body))
  })

  test('@octokit/webhooks-methods accepts "github"', async () => {
    const header = createSigner('github', ["It's a Secret to Everybody"])(message())['X-Hub-Signature-256']!
    expect(await verifyGithub("It's a Secret to Everybody", body, header)).toBe(true)
  })
})

describe('what the documents print', () => {
  test('the receiver that BareCommerce prints accepts "bare-commerce": plain hex under the whole whsec_ string', () => {
    const headers = createSigner('bare-commerce', ['whsec_xxxxxxxxxxxxxx'])(message())
    const computed = hmacHex('whsec_xxxxxxxxxxxxxx', body)
    expect(timingSafeEqual(Buffer.from(headers['X-Webhook-Signature']!), Buffer.from(computed))).toBe(true)
  })

  test('the receiver that Bear Billing prints accepts "bear-billing"', () => {
    const headers = createSigner('bear-billing', ['a secret of their own'])(message())
    const expected = hmacHex('a secret of their own', body)
    expect(timingSafeEqual(Buffer.from(headers['x-bearbilling-signature']!), Buffer.from(expected))).toBe(true)
  })

  test('DevSphere: X-Signature: sha256=<hmac_sha256(secret, body)>', () => {
    expect(createSigner('devsphere', ['s'])(message())).toEqual({ 'X-Signature': `sha256=${hmacHex('s', body)}` })
  })

  test('Better Data: hex in x-betterdata-signature', () => {
    expect(createSigner('better-data', ['s'])(message())).toEqual({ 'x-betterdata-signature': hmacHex('s', body) })
  })

  test('Slack: the example of its documentation', () => {
    const command = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    expect(createSigner('slack', ['8f742231b10e8888abcd99yyyzzz85a5'])({ id: '', timestamp: 1531420618, body: command })).toEqual({
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    })
  })

  test('GitHub: the example of its documentation', () => {
    const headers = createSigner('github', ["It's a Secret to Everybody"])({ id: '', timestamp: 0, body: 'Hello, World!' })
    expect(headers['X-Hub-Signature-256']).toBe('sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17')
  })

  test('Shopify: base64 over the body', () => {
    const headers = createSigner('shopify', ['hush'])(message())
    expect(headers).toEqual({ 'X-Shopify-Hmac-SHA256': createHmac('sha256', 'hush').update(body).digest('base64') })
  })
})

describe('signing', () => {
  test.each(Object.keys(signingSchemes) as (keyof typeof signingSchemes)[])('%s signs bytes and the text they spell alike', (name) => {
    const sign = createSigner(name, [generateSecret()])
    const at = { id: 'evt_1', timestamp: 1767225600 }
    expect(sign({ ...at, body: Buffer.from(body) })).toEqual(sign({ ...at, body }))
  })

  test('bytes that are no text are signed as they are', () => {
    const bytes = Uint8Array.from([0xff, 0x00, 0xfe])
    const headers = createSigner('bear-billing', ['secret'])({ id: '', timestamp: 0, body: bytes })
    expect(headers['x-bearbilling-signature']).toBe(createHmac('sha256', 'secret').update(bytes).digest('hex'))
  })

  test('a format with one value keeps the first secret and shows the second beside it', () => {
    const headers = createSigner('bare-commerce', ['whsec_old', 'whsec_new'])(message())
    expect(headers).toEqual({
      'X-Webhook-Signature': hmacHex('whsec_old', body),
      'X-Webhook-Signature-next': hmacHex('whsec_new', body),
    })
  })

  test('a private key signs "standard" with Ed25519 under v1a, alone and beside a shared secret', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url')
    const secret = `whsk_${seed.toString('base64')}`
    const shared = generateSecret()
    const headers = createSigner('standard', [shared, secret])({ id: 'evt_1', timestamp: 1767225600, body })
    const [first, second] = headers['webhook-signature']!.split(' ')
    expect(first).toMatch(/^v1,/)
    expect(second).toMatch(/^v1a,/)
    const signature = Buffer.from(second!.slice('v1a,'.length), 'base64')
    expect(verifyWithKey(null, Buffer.from(`evt_1.1767225600.${body}`), publicKey, signature)).toBe(true)
  })

  test('a scheme of one\'s own signs like a built-in one', () => {
    const sign = createSigner({
      name: 'acme', algorithm: 'sha512', encoding: 'base64', header: 'X-Acme', layout: { kind: 'one', prefix: 'a1:' },
      signed: ['timestamp', { literal: '|' }, 'url', { literal: '|' }, 'body', { literal: '|' }, 'id'], secret: 'utf8', timestampHeader: 'X-Acme-Time', timestampUnit: 'milliseconds',
    }, ['secret'])
    const expected = createHmac('sha512', 'secret').update('5000|https://a.example/|{}|evt_9').digest('base64')
    expect(sign({ id: 'evt_9', timestamp: 5, body: '{}', url: 'https://a.example/' })).toEqual({ 'X-Acme-Time': '5000', 'X-Acme': `a1:${expected}` })
  })

  test.each([
    ['no secret', [], 'secret_missing'],
    ['an empty secret', [''], 'secret_unusable'],
    ['a standard secret that is not base64', ['whsec_%%%'], 'secret_unusable'],
    ['a standard secret with nothing after whsec_', ['whsec_'], 'secret_unusable'],
    ['a private key that is no key', ['whsk_AAAA'], 'secret_unusable'],
  ])('%s is refused when the signer is made', (_, secrets, code) => {
    expect(() => createSigner('standard', secrets)).toThrowError(expect.objectContaining({ code }))
  })

  test('a third secret does not fit a format with one value', () => {
    expect(() => createSigner('devsphere', ['a', 'b', 'c'])).toThrowError(expect.objectContaining({ code: 'secret_count' }))
  })
})

describe('secrets', () => {
  test('a generated secret is whsec_ and 32 random bytes, new each time, and works for every scheme', () => {
    const secret = generateSecret()
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    expect(generateSecret()).not.toBe(secret)
    for (const name of Object.values(signingSchemes)) expect(isUsableSecret(name, secret)).toBe(true)
  })

  test('a size outside 24 to 64 bytes is refused', () => {
    expect(generateSecret(64)).toHaveLength('whsec_'.length + 88)
    for (const bytes of [23, 65, 31.5]) expect(() => generateSecret(bytes)).toThrow(/24 to 64/)
  })

  test.each([
    ['standard', 'plain text of some length', /begins with "whsec_"/],
    ['standard', 'whsec_c2hvcnQ=', /5 bytes/],
    ['standard', 'whsec_not*base64', /not valid base64/],
    ['standard', 'whpk_AAAA', /public key/],
    ['standard', 'whsk_AAAA', /32 or 64 bytes/],
    ['bare-commerce', 'whsk_MC4CAQAwBQYDK2VwBCIEIA==', /only with Standard Webhooks/],
    ['bear-billing', '', /empty/],
    ['bear-billing', 'copied with a line break\n', /line break/],
    ['bear-billing', 'geheimnis mit ümläut', /ASCII/],
  ] as const)('a secret brought for %s says what is wrong with it: %j', (scheme, secret, why) => {
    expect(secretProblem(scheme, secret)).toMatch(why)
  })
})
