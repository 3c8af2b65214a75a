import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileSubscriptions, isEventType, isSubscription, nativeSchemes, nativeType } from './event-type.js'

describe('an event type', () => {
  test.each(['order.created', 'lead_won', 'loop.procurement.transitioned', 'a-b.C_9', '0', 'x'.repeat(128)])('%s is well-formed', (type) => {
    expect(isEventType(type)).toBe(true)
  })

  test.each(['', '.', 'order.', '.created', 'order..created', 'order created', 'order/created', 'order.*', '*', 'ordér', 'order.created\n', 'x'.repeat(129)])(
    '%j is not',
    (type) => {
      expect(isEventType(type)).toBe(false)
    },
  )

  test('of any number of well-formed words joined by dots is well-formed up to 128 characters', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const type = words.join('.')
        expect(isEventType(type)).toBe(type.length <= 128)
      }),
    )
  })

  test('is told apart from a hostile text without delay', () => {
    const startedAt = performance.now()
    expect(isEventType(`${'a.'.repeat(1_000_000)}!`)).toBe(false)
    expect(isEventType(`${'a'.repeat(127)}!`)).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(100)
  })
})

describe('a subscription', () => {
  test.each(['*', 'order.created', 'order.*', 'order.line.*', 'stripe.*', 'posthorn.delivery.dead', `${'x'.repeat(126)}.*`])('%s is well-formed', (text) => {
    expect(isSubscription(text)).toBe(true)
  })

  test.each(['', '**', '.*', '*.created', 'order*', 'order.*.paid', 'order..*', 'order.**', '*.*', ' *', `${'x'.repeat(127)}.*`])('%j is not', (text) => {
    expect(isSubscription(text)).toBe(false)
  })

  test('to every event type or below it is well-formed', () => {
    fc.assert(
      fc.property(eventType, (type) => {
        expect(isSubscription(type)).toBe(true)
        expect(isSubscription(`${type}.*`)).toBe(type.length <= 126)
      }),
    )
  })
})

describe('an endpoint', () => {
  test('subscribed to an exact type gets that type and no other', () => {
    fc.assert(
      fc.property(eventType, eventType, (subscribed, type) => {
        expect(compileSubscriptions([subscribed])(subscribed)).toBe(true)
        expect(compileSubscriptions([subscribed])(type)).toBe(type === subscribed)
      }),
    )
  })

  test('subscribed to order.* gets every type that begins with order.', () => {
    const matches = compileSubscriptions(['order.*'])
    expect(['order.created', 'order.line.added', 'order.a.b.c'].every(matches)).toBe(true)
    expect(['order', 'orders.created', 'order_created', 'my.order.created', 'Order.created'].some(matches)).toBe(false)
  })

  test('subscribed to any prefix gets exactly the types that begin with it', () => {
    fc.assert(
      fc.property(eventType, eventType, (prefix, type) => {
        expect(compileSubscriptions([`${prefix}.*`])(type)).toBe(type.startsWith(`${prefix}.`))
        expect(compileSubscriptions([`${prefix}.*`])(`${prefix}.${type}`)).toBe(true)
      }),
    )
  })

  test('subscribed to * gets what the organization tells, federation events too', () => {
    const matches = compileSubscriptions(['*'])
    expect(['order.created', 'lead_won', 'federation.order.created', 'posthorn', 'stripe', 'stripes.x', 'my.stripe.x'].every(matches)).toBe(true)
  })

  test('subscribed to * gets neither alerts nor native types of providers', () => {
    const matches = compileSubscriptions(['*'])
    expect(matches('posthorn.endpoint.disabled')).toBe(false)
    fc.assert(
      fc.property(fc.constantFrom(...nativeSchemes), fc.string(), (scheme, type) => {
        expect(matches(nativeType(scheme, type))).toBe(false)
      }),
    )
  })

  test.each(nativeSchemes)('gets types of %s by prefix and by name, beside * and without it', (scheme) => {
    const type = nativeType(scheme, 'thing/changed')
    for (const patterns of [[`${scheme}.*`], [type], ['*', `${scheme}.*`], ['*', type]]) {
      expect(compileSubscriptions(patterns)(type)).toBe(true)
    }
  })

  test('gets alerts by prefix and by name', () => {
    expect(compileSubscriptions(['*', 'posthorn.*'])('posthorn.delivery.dead')).toBe(true)
    expect(compileSubscriptions(['posthorn.delivery.*'])('posthorn.delivery.dead')).toBe(true)
    expect(compileSubscriptions(['posthorn.delivery.dead'])('posthorn.endpoint.disabled')).toBe(false)
  })

  test('with no subscriptions gets nothing', () => {
    fc.assert(
      fc.property(eventType, (type) => {
        expect(compileSubscriptions([])(type)).toBe(false)
      }),
    )
  })

  test('gets with several subscriptions what it would get with any one of them', () => {
    fc.assert(
      fc.property(fc.array(subscription, { maxLength: 6 }), eventType, (patterns, type) => {
        expect(compileSubscriptions(patterns)(type)).toBe(patterns.some((pattern) => compileSubscriptions([pattern])(type)))
      }),
    )
  })
})

describe('a native type', () => {
  test.each([
    ['shopify', 'orders/create', 'shopify.orders.create'],
    ['stripe', 'customer.subscription.created', 'stripe.customer.subscription.created'],
    ['paypal', 'PAYMENT.CAPTURE.COMPLETED', 'paypal.PAYMENT.CAPTURE.COMPLETED'],
    ['gitlab', 'Merge Request Hook', 'gitlab.Merge.Request.Hook'],
    ['bigcommerce', 'store/order/*', 'bigcommerce.store.order'],
    ['generic', '', 'generic.unknown'],
  ])('of %s for %j is %s', (scheme, type, expected) => {
    expect(nativeType(scheme, type)).toBe(expected)
  })

  test('is a well-formed event type of its scheme, whatever the provider sends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...nativeSchemes), fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), eventType), (scheme, type) => {
        const native = nativeType(scheme, type)
        expect(isEventType(native)).toBe(true)
        expect(compileSubscriptions([`${scheme}.*`])(native)).toBe(true)
      }),
    )
  })

  test('keeps a well-formed type as the provider spells it', () => {
    fc.assert(
      fc.property(eventType.filter((type) => type.length <= 100), (type) => {
        expect(nativeType('stripe', type)).toBe(`stripe.${type}`)
      }),
    )
  })
})

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)

/** Words that meet often enough to make equal, nested and nearly equal types likely. */
const eventType = fc
  .array(fc.oneof(fc.constantFrom('order', 'created', 'stripe', 'posthorn', 'orders'), word), { minLength: 1, maxLength: 5 })
  .map((words) => words.join('.'))

const subscription = fc.oneof(fc.constant('*'), eventType, eventType.map((type) => `${type}.*`))
