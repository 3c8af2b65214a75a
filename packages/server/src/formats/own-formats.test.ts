import { describe, expect, test } from 'vitest'
import { verify } from '@posthorn/webhooks'
import { Format } from './format.js'
import { readDocuments } from '../testing/documents.js'
import { readOwnFormats } from './own-formats.js'

const envelope = ['{"event":', { of: 'type' }, ',"payload":', { of: 'data' }, '}']
const signature = { header: 'X-Acme-Signature' }
const mistakesOf = (formats: unknown) => {
  const read = readOwnFormats(formats)
  return read.ok ? [] : read.mistakes
}

describe('formats of the user\'s own', () => {
  test('none is none', () => {
    expect(readOwnFormats(undefined)).toEqual({ ok: true, formats: [] })
  })

  test('what is left out is what most receivers expect: one hex HMAC-SHA256 over the body, keyed with the whole secret', () => {
    expect(readOwnFormats({ acme: { envelope, signature } })).toEqual({ ok: true, formats: [{
      definition: { name: 'acme', envelope, headers: {}, signature: { name: 'acme', header: 'X-Acme-Signature', algorithm: 'sha256', encoding: 'hex', layout: { kind: 'one', prefix: '' }, signed: ['body'], secret: 'utf8' } },
      retryPolicy: 'standard',
    }] })
  })

  test.each([
    ['one value', { header: 'X-Acme-Signature', layout: { kind: 'one', prefix: 'sha512=' }, algorithm: 'sha512' }],
    ['a list', { header: 'X-Acme-Signatures', layout: { kind: 'list', separator: ' ', prefix: 'v1,' }, encoding: 'base64', signed: ['id', { literal: '.' }, 'timestamp', { literal: '.' }, 'body'], idHeader: 'X-Acme-Id', timestampHeader: 'X-Acme-Time', secret: 'whsec-base64' }],
    ['fields', { header: 'X-Acme-Signature', layout: { kind: 'fields', separator: ',', timestampField: 't', signatureField: 's' }, signed: ['timestamp', { literal: ':' }, 'body'] }],
    ['milliseconds', { header: 'X-Acme-Signature', signed: ['timestamp', 'body'], timestampHeader: 'X-Acme-Time', timestampUnit: 'milliseconds' }],
  ])('%s: the same definition signs and verifies, and a changed body is refused', async (_name, signed) => {
    const read = readOwnFormats({ acme: { envelope, headers: { 'X-Acme-Event': { of: 'type' } }, signature: signed } })
    if (!read.ok) throw new Error(read.mistakes.join('\n'))
    const { definition } = read.formats[0] as (typeof read.formats)[0]
    const format = new Format(definition)
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const event = { id: 5, type: 'order.created', data: '{"n":1.0}', givenId: 'order-5', occurredAt: 0 }
    const body = format.body(event, 'acme')
    expect(body).toBe('{"event":"order.created","payload":{"n":1.0}}')
    const now = Math.floor(Date.now() / 1_000)
    const headers: Record<string, string> = format.signer([secret])({ id: 'order-5', timestamp: now, body })
    format.addHeaders(headers, event)
    expect(headers['X-Acme-Event']).toBe('order.created')
    const judge = (text: string) => verify({ method: 'POST', url: '/', headers, body: new TextEncoder().encode(text) }, { scheme: definition.signature, secrets: [secret], now })
    expect(await judge(body)).toMatchObject({ ok: true })
    expect(await judge(`${body} `)).toMatchObject({ ok: false })
  })

  test.each<[string, unknown, string]>([
    ['no object', [], "formats: write an object with a format under each name: { 'acme-shop': { envelope: [...], signature: {...} } }."],
    ['a built-in name', { stripe: { envelope, signature } }, 'formats.stripe: the name is that of a format that is built in; choose another.'],
    ['a name with a space', { 'my format': { envelope, signature } }, 'formats.my format: the name must be of lower-case letters, digits and single hyphens, at most 64 of them.'],
    ['no signature', { acme: { envelope } }, 'formats.acme: signature must be an object with at least a header.'],
    ['an unknown field', { acme: { envelope, signature, colour: 'red' } }, 'formats.acme: has no field "colour".'],
    ['an unknown fact', { acme: { envelope: [{ of: 'weather' }], signature } }, 'formats.acme: envelope.0 must be text or { of: … } with one of id, type, occurredAtIso, occurredAtSeconds, organizationId, data.'],
    ['no JSON', { acme: { envelope: ['{"event":"', { of: 'type' }, '"}'], signature } }, 'formats.acme: the envelope does not make JSON. Facts bring their own quotation marks; the texts around them need the rest.'],
    ['a header of the connection', { acme: { envelope, signature: { header: 'Host' } } }, 'formats.acme: signature.header is no header that a format may set.'],
    ['a header twice', { acme: { envelope, headers: { 'x-acme-signature': 'x' }, signature } }, 'formats.acme: the header x-acme-signature is set twice.'],
    ['a body that is not signed', { acme: { envelope, signature: { ...signature, signed: ['id'], idHeader: 'webhook-id' } } }, 'formats.acme: signature.signed must have the body in it: otherwise anybody could change it.'],
    ['a time that nothing carries', { acme: { envelope, signature: { ...signature, signed: ['timestamp', 'body'] } } }, 'formats.acme: signature.signed has the timestamp, which nothing carries; name a timestampHeader, or use a layout of fields.'],
    ['a retry policy that is none', { acme: { envelope, signature, retryPolicy: 'often' } }, 'formats.acme: retryPolicy: There is no retry policy named "often". Use one of bare-commerce, bear-billing, devsphere, better-data, standard, or give a schedule.'],
  ])('%s is told by name', (_name, formats, mistake) => {
    expect(mistakesOf(formats)).toContain(mistake)
  })

  test('what docs/sending.md shows is one', async () => {
    const { text = '' } = readDocuments().find(({ name }) => name === 'docs/sending.md') ?? {}
    const code = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, block = '']) => block).find((block) => block.includes('formats:'))
    const { default: { formats } } = await import(`data:text/javascript,${encodeURIComponent(code ?? '')}`) as { default: { formats: unknown } }
    const read = readOwnFormats(formats)
    expect(read).toMatchObject({ ok: true, formats: [{ definition: { name: 'acme-shop' } }] })
    const { signature: written } = (formats as Record<string, { signature: object }>)['acme-shop'] as { signature: object }
    expect(read.ok && read.formats[0]?.definition.signature).toEqual({ name: 'acme-shop', ...written, algorithm: 'sha256', encoding: 'hex', secret: 'utf8' })
  })

  test('all mistakes are told at once', () => {
    expect(mistakesOf({ stripe: { envelope: [], signature }, acme: { envelope: 'x', signature: { header: 'Host' } } })).toHaveLength(4)
  })
})
