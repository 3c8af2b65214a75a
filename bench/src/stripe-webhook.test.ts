import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { stripeBody, stripeEventId, stripeSignature } from './stripe-webhook.js'

interface Event { id: string; type: string; data: { object: { id: string; metadata: { organizationId: string } } } }
const event = (run: string, n: number) => JSON.parse(stripeBody(run, n, 'acme')) as Event

test('a webhook has the size of those that Stripe sends, and names its organization', () => {
  for (const n of [0, 1]) {
    expect(Buffer.byteLength(stripeBody('a', n, 'acme'))).toBeGreaterThan(2_000)
    expect(Buffer.byteLength(stripeBody('a', n, 'acme'))).toBeLessThan(3_500)
    expect(event('a', n).data.object.metadata.organizationId).toBe('acme')
  }
  expect([event('a', 0).type, event('a', 1).type]).toEqual(['checkout.session.completed', 'payment_intent.succeeded'])
})

test('no two webhooks share an id, and a repeat is the same bytes', () => {
  const ids = ['a', 'b'].flatMap((run) => [0, 1, 2, 3].flatMap((n) => [event(run, n).id, event(run, n).data.object.id]))
  expect(new Set(ids).size).toBe(ids.length)
  expect(event('a', 3).id).toBe(stripeEventId('a', 3))
  expect(stripeBody('a', 3, 'acme')).toBe(stripeBody('a', 3, 'acme'))
})

test('the signature covers the time and the body', () => {
  const expected = createHmac('sha256', 'whsec_1').update('1700000000.{"ü":1}').digest('hex')
  expect(stripeSignature('{"ü":1}', 'whsec_1', 1_700_000_000_500)).toBe(`t=1700000000,v1=${expected}`)
})
