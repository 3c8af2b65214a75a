import { validateHeaderName, validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkExtraHeaders, extraHeadersProblems } from './extra-headers.js'

describe('extra headers that are taken', () => {
  test.each<[string, Record<string, string>]>([
    ['none', {}],
    ['credentials', { Authorization: 'Bearer abc', 'X-Api-Key': 'k', 'X-Webhook-Token': 't', Cookie: 'a=b' }],
    ['a name of one character', { a: '1' }],
    ['every character that a name may have', { "!#$%&'*+.^_`|~09azAZ-": '1' }],
    ['an empty value', { 'x-empty': '' }],
    ['tabs, spaces and Latin-1', { 'x-a': 'a\tb c', 'x-b': 'Grüße \xff\x80' }],
    ['what only resembles a reserved name', { 'x-design': '1', 'x-hosts': '1', 'x-signatures': '1', 'hostname': '1', 'team': '1', 'viaduct': '1', 'x-metadata': '1', 'content-language': 'de', accept: '*/*' }],
    ['a value of 4,096 characters', { 'x-a': 'a'.repeat(4_096) }],
    ['a name of 256 characters', { ['a'.repeat(256)]: '1' }],
    ['fifty', Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x-${n}`, 'a'.repeat(4_096)]))],
  ])('%s', (_name, headers) => expect(checkExtraHeaders(headers)).toEqual({ ok: true }))
})

describe('a header that is reserved', () => {
  test.each([
    'webhook-id', 'Webhook-Signature', 'webhook-timestamp', 'webhook-anything', 'webhook-signature-next', 'svix-id', 'svix-signature', 'content-type', 'User-Agent', 'x-posthorn-test',
    'X-Webhook-Signature', 'x-webhook-signature-next', 'x-bearbilling-signature', 'x-bearbilling-signature-next', 'X-Signature', 'x-signature-next', 'x-betterdata-signature', 'x-betterdata-signature-next', 'x-betterdata-timestamp', 'x-timestamp',
    'Stripe-Signature', 'stripe-signature-next', 'X-Hub-Signature', 'X-Hub-Signature-256', 'x-hub-signature-256-next', 'X-GitHub-Event', 'X-Shopify-Hmac-Sha256', 'x-shopify-hmac-sha256-next', 'X-Shopify-Topic', 'X-Slack-Signature', 'x-slack-signature-next',
    'X-Slack-Request-Timestamp', 'Signature', 'Signature-Input', 'x-my-own-signature', 'X-Square-HmacSha256-Signature', 'x-acme-hmac',
    'Host', 'HOST', 'Content-Length', 'content-length', 'Transfer-Encoding', 'TE', 'Trailer', 'Content-Encoding', 'Expect', 'Connection', 'Keep-Alive', 'Upgrade', 'HTTP2-Settings',
    'Proxy-Authorization', 'Proxy-Connection', 'proxy-authenticate', 'Proxy-Anything', 'X-Forwarded-For', 'X-Forwarded-Host', 'x-forwarded-proto', 'X-Forwarded-Anything', 'Forwarded', 'Via', 'X-Real-IP', 'X-Original-URL', 'X-HTTP-Method-Override',
    'Metadata-Flavor', 'Metadata', 'Metadata-Token', 'X-aws-ec2-metadata-token', 'X-aws-ec2-metadata-token-ttl-seconds', 'X-Google-Metadata-Request',
    'Content_Length', 'X_Forwarded_For', 'webhook_id', 'Transfer_Encoding', 'Metadata_Flavor',
  ])('%s', (name) => expect(checkExtraHeaders({ [name]: '1' })).toMatchObject({ ok: false, code: 'header_reserved', message: expect.stringContaining(name) }))
})

describe('what cannot be a header', () => {
  test.each(['', ' ', 'a b', ' a', 'a ', 'a:', ':method', 'a\r\nb', 'a\n', 'a\0', 'ä', 'a/b', 'a(b)', 'a,b', 'a;b', 'a=b', 'a@b', '"a"', 'a[b]', '{a}', 'a\tb', 'a\\b', 'ａ'])('the name %j', (name) => {
    expect(checkExtraHeaders({ [name]: '1' })).toMatchObject({ ok: false, code: 'header_name_malformed' })
  })
  test.each(['a\r\nHost: b', 'a\nb', 'a\rb', '\n', 'a\0', '\x01', '\x1b[31m', '\x7f', 'Ā', '€', '\u2028', '漢', '😀', '\ud800'])('the value %j', (value) => {
    expect(checkExtraHeaders({ 'x-a': value })).toMatchObject({ ok: false, code: 'header_value_malformed' })
  })
  test.each<[keyof typeof extraHeadersProblems, Record<string, string>]>([
    ['header_too_long', { 'x-a': 'a'.repeat(4_097) }],
    ['header_too_long', { ['a'.repeat(257)]: '1' }],
    ['header_repeated', { 'X-A': '1', 'x-a': '2' }],
    ['header_count', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`x-${n}`, '1']))],
  ])('%s', (code, headers) => expect(checkExtraHeaders(headers)).toEqual({ ok: false, code, message: expect.any(String), fix: expect.any(String) }))

  test('no message repeats a value, which may be a secret', () => {
    expect(JSON.stringify(checkExtraHeaders({ authorization: 'Bearer hunter2\n' }))).not.toContain('hunter2')
    expect(JSON.stringify(checkExtraHeaders({ host: 'hunter2' }))).not.toContain('hunter2')
  })
})

test('whatever is taken, Node takes as well', () => {
  const name = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w-]{1,20}$/))
  fc.assert(fc.property(fc.dictionary(name, fc.oneof(fc.string(), fc.string({ unit: 'binary' }))), (headers) => {
    const check = checkExtraHeaders(headers)
    if (!check.ok) return check.code in extraHeadersProblems
    for (const [key, value] of Object.entries(headers)) {
      validateHeaderName(key)
      validateHeaderValue(key, value)
    }
    return true
  }), { numRuns: 2_000 })
})
