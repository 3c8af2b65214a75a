import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileSubscriptions } from '../event-types/event-type.js'
import { Audience, type Subscriber } from './subscribers.js'

test('an event goes to every endpoint that is subscribed to its type, each once, in the order of their ids', () => {
  const audience = given([['order.created'], ['*'], ['order.*', 'order.created', '*'], ['invoice.*'], []])
  expect(idsOf(audience, 'order.created')).toEqual([1, 2, 3])
  expect(idsOf(audience, 'invoice.paid')).toEqual([2, 3, 4])
  expect(idsOf(audience, 'stripe.charge.succeeded')).toEqual([])
})

test('whatever the subscriptions, those are found that match', () => {
  const word = fc.constantFrom('a', 'b', 'order', 'stripe', 'posthorn')
  const type = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'))
  const pattern = fc.oneof(type, type.map((prefix) => `${prefix}.*`), fc.constant('*'))
  fc.assert(fc.property(fc.array(fc.array(pattern, { maxLength: 3 }), { maxLength: 6 }), type, (endpoints, published) => {
    const matching = endpoints.flatMap((patterns, i) => compileSubscriptions(patterns)(published) ? [i + 1] : [])
    expect(idsOf(given(endpoints), published)).toEqual(matching)
  }))
})

test('an event that is for one endpoint only goes there, whatever it is subscribed to; what came before an endpoint is not for it', () => {
  const audience = given([['order.created'], ['*']])
  expect(audience.of({ id: 1, type: 'invoice.paid', onlyEndpointId: 1 }).map(({ id }) => id)).toEqual([1])
  expect(audience.of({ id: 1, type: 'invoice.paid', onlyEndpointId: 9 })).toEqual([])
  const late = given([['*']], 100)
  expect([100, 101].map((id) => late.of({ id, type: 'order.created', onlyEndpointId: null }).length)).toEqual([0, 1])
})

test('20,000 endpoints that want other types cost an event no time', () => {
  const audience = given(Array.from({ length: 20_000 }, (_, i) => [`order.${i}`, `invoice.${i}.*`]))
  const startedAt = performance.now()
  for (let event = 0; event < 1_000; event++) expect(idsOf(audience, `order.${event}`)).toEqual([event + 1])
  expect(performance.now() - startedAt).toBeLessThan(500)
})

function given(endpoints: readonly (readonly string[])[], fromId = 0): Audience {
  const audience = new Audience()
  for (const [i, patterns] of endpoints.entries()) audience.add({ id: i + 1, format: 1, isEnabled: true, fromId, firstWaitMs: 0 } satisfies Subscriber, patterns)
  return audience
}

function idsOf(audience: Audience, type: string): number[] {
  return audience.of({ id: 1, type, onlyEndpointId: null }).map(({ id }) => id)
}
