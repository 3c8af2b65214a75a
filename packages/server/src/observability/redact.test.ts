import { describe, expect, test } from 'vitest'
import { redactFields, redactText } from './redact.js'

describe('fields of a log line', () => {
  test.each(['authorization', 'Authorization', 'proxy-authorization', 'secret', 'secrets', 'signingSecret', 'client_secret', 'key', 'apiKey', 'x-api-key', 'POSTHORN_ENCRYPTION_KEY', 'privateKey', 'token', 'verifyToken', 'password', 'cookie', 'set-cookie', 'databaseUrl'])(
    '"%s" is never told', (name) => {
      expect(redactFields({ [name]: 'hush', port: 4000 })).toEqual({ [name]: '[redacted]', port: 4000 })
    })

  test.each(['endpoint', 'organization', 'publicKey', 'keyId', 'keyboard', 'secretary', 'tokenizer'])('"%s" is told', (name) => {
    expect(redactFields({ [name]: 'told' })).toEqual({ [name]: 'told' })
  })

  test('are searched at any depth, in lists and header lists too', () => {
    expect(redactFields({ request: { headers: [['Authorization', 'Bearer hush'], ['accept', '*/*']] }, endpoints: [{ id: 'ep_1', secret: 'hush' }] })).toEqual({
      request: { headers: [['Authorization', '[redacted]'], ['accept', '*/*']] },
      endpoints: [{ id: 'ep_1', secret: '[redacted]' }],
    })
  })

  test('keep an error with its causes and without what it carries along', () => {
    const error = new Error('cannot connect', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED', client: { password: 'hush' } }) })
    expect(redactFields({ error })).toEqual({
      error: { name: 'Error', message: 'cannot connect', stack: error.stack, cause: expect.objectContaining({ name: 'Error', message: 'refused', code: 'ECONNREFUSED', client: { password: '[redacted]' } }) },
    })
  })

  test('keep the single errors of an attempt at several addresses', () => {
    const { error } = redactFields({ error: new AggregateError([new Error('first'), new Error('second')], 'all failed') })
    expect(error).toMatchObject({ message: 'all failed', errors: [{ message: 'first' }, { message: 'second' }] })
  })

  test('may hold a circle, a big integer, bytes, dates and maps', () => {
    const circle: Record<string, unknown> = { name: 'a' }
    circle['self'] = circle
    const line = redactFields({ circle, sequence: 12n, body: Buffer.from('abc'), at: new Date(0), map: new Map([['secret', 'hush'], ['a', 'b']]) })
    expect(JSON.stringify(line)).toContain('[deeper]')
    expect(line).toMatchObject({ sequence: '12', body: '[3 bytes]', at: '1970-01-01T00:00:00.000Z', map: { secret: '[redacted]', a: 'b' } })
  })
})

describe('the text of a log line', () => {
  test.each([
    ['a signing secret', 'bad secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw given', 'bad secret whsec_[redacted] given'],
    ['an API key', 'no such key ph_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg', 'no such key ph_[redacted]'],
    ['a bearer token', 'sent "Authorization: Bearer abc.def-ghi_jkl"', 'sent "Authorization: Bearer [redacted]"'],
    ['basic credentials', 'sent Basic dXNlcjpwYXNz', 'sent Basic [redacted]'],
    ['a password in a URL', 'cannot reach postgres://app:hush@db.example:5432/app', 'cannot reach postgres://app:[redacted]@db.example:5432/app'],
  ])('never tells %s', (_, text, told) => {
    expect(redactText(text)).toBe(told)
  })

  test('is left alone otherwise', () => {
    const text = '{"event":"started","url":"http://127.0.0.1:4000/inspect/abc","photo":"ph_short"}'
    expect(redactText(text)).toBe(text)
  })
})
