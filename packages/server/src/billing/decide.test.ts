import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noBilling, type BillingState } from './billing.js'
import { decide } from './decide.js'
import { defaultPlans, readPlans, type Plans } from './plans.js'
import { toldByStripe } from './stripe-billing.js'
import { firstSecond, invoiceEvent, subscriptionEvent, type Told } from './subscriptions.test.support.js'

test('a subscription that is created makes the record and provisions what its plan gives', () => {
  const { state, publications } = after([subscriptionEvent('evt_1', 'created', 0)])
  expect(state.view).toEqual({
    record: {
      subscriptionId: 'sub_1', customerId: 'cus_1', status: 'active', plan: 'starter', currentPeriodEnd: '2026-01-31T00:00:00.000Z', cancelAtPeriodEnd: false,
      paymentStatus: 'none', lastPayment: null, lastFailure: null,
    },
    entitlements: ['loops.procurement', 'loops.orders'],
    capabilitySnapshot: { plan: 'starter', capabilities: { 'loops.procurement': true, 'loops.orders': true }, limits: {}, asOf: '2026-01-01T00:00:00.000Z' },
  })
  expect(publications).toEqual([{ type: 'subscription.updated', data: {
    subscriptionId: 'sub_1', status: 'active', plan: 'starter', previousPlan: null, currentPeriodEnd: '2026-01-31T00:00:00.000Z', entitlements: ['loops.procurement', 'loops.orders'],
  } }])
})

test('a change of plan recomputes the capabilities', () => {
  const { state, publications } = after([subscriptionEvent('evt_1', 'created', 0), subscriptionEvent('evt_2', 'updated', 60, { plan: 'growth' })])
  expect(state.view).toMatchObject({ record: { plan: 'growth' }, capabilitySnapshot: { plan: 'growth', capabilities: { demand_signals: true }, asOf: '2026-01-01T00:01:00.000Z' } })
  expect(publications.at(-1)).toMatchObject({ data: { plan: 'growth', previousPlan: 'starter' } })
})

test('a subscription that is deleted downgrades and revokes', () => {
  const { state, publications } = after([subscriptionEvent('evt_1', 'created', 0, { plan: 'growth' }), subscriptionEvent('evt_2', 'deleted', 60, { plan: 'growth' })])
  expect(state.view).toMatchObject({ record: { status: 'canceled', plan: 'free' }, entitlements: [], capabilitySnapshot: { capabilities: {} } })
  expect(publications.at(-1)).toMatchObject({ type: 'subscription.updated', data: { status: 'canceled', plan: 'free', previousPlan: 'growth', entitlements: [] } })
})

test.each([
  ['active', true], ['trialing', true], ['past_due', true], ['unpaid', false], ['incomplete', false], ['paused', false],
])('while a subscription is %s its plan holds: %s', (status, holds) => {
  expect(after([subscriptionEvent('evt_1', 'created', 0, { status })]).state.view?.entitlements.length).toBe(holds ? 2 : 0)
})

test('an event that changes nothing of what is told publishes nothing', () => {
  const created = subscriptionEvent('evt_1', 'created', 0)
  expect(after([created, created, subscriptionEvent('evt_2', 'updated', 5), invoiceEvent('evt_3', 'paid', 6)]).publications).toHaveLength(1)
})

test('a payment is confirmed; a failure is recorded, raised once an invoice, and over when the invoice is paid', () => {
  const failed = after([invoiceEvent('evt_1', 'payment_failed', 10), invoiceEvent('evt_2', 'payment_failed', 20, { attempt: 2 })])
  expect(failed.publications).toEqual([{ type: 'posthorn.billing.payment_failed', isAlert: true, data: {
    invoiceId: 'in_1', subscriptionId: 'sub_1', customerId: 'cus_1', amount: '49.00', currency: 'USD', attemptCount: 1, failedAt: '2026-01-01T00:00:10.000Z', nextAttemptAt: '2026-01-02T00:00:10.000Z',
  } }])
  expect(failed.state.view?.record).toMatchObject({ paymentStatus: 'failed', lastFailure: { attemptCount: 2 } })
  const paid = after([invoiceEvent('evt_3', 'paid', 30)], failed.state)
  expect(paid.state.view?.record).toMatchObject({ paymentStatus: 'paid', lastPayment: { invoiceId: 'in_1', amount: '49.00', paidAt: '2026-01-01T00:00:30.000Z' }, lastFailure: null })
})

test('a failure that is told after the invoice is known to be paid raises no alert', () => {
  expect(after([invoiceEvent('evt_2', 'paid', 30), invoiceEvent('evt_1', 'payment_failed', 10)]).publications).toEqual([])
})

test('with two subscriptions the organization has what both give, and the newer one counts', () => {
  const { state } = after([subscriptionEvent('evt_1', 'created', 0, { plan: 'growth' }), subscriptionEvent('evt_2', 'created', 1, { id: 'sub_2', plan: 'starter', created: firstSecond + 1 })])
  expect(state.view).toMatchObject({ record: { subscriptionId: 'sub_2', plan: 'starter' }, entitlements: ['loops.procurement', 'loops.orders', 'demand_signals'] })
})

test('a plan that is not configured is told by its name at Stripe and gives nothing', () => {
  expect(after([subscriptionEvent('evt_1', 'created', 0, { plan: 'gold' })]).state.view).toMatchObject({ record: { plan: 'gold' }, entitlements: [] })
})

test('plans of the configuration are known by price, product or lookup key, and their limits are told', () => {
  const read = readPlans({ basic: { isFallback: true, entitlements: ['read'] }, pro: { match: ['price_starter'], entitlements: ['read', 'write'], limits: { seats: 25 } } })
  const { state } = after([subscriptionEvent('evt_1', 'created', 0)], noBilling, (read as { plans: Plans }).plans)
  expect(state.view).toMatchObject({ record: { plan: 'pro' }, entitlements: ['read', 'write'], capabilitySnapshot: { limits: { seats: 25 } } })
})

test('whatever the order of arrival, and however often each is told, the same state stands', () => {
  const events = [
    subscriptionEvent('evt_a', 'created', 0), subscriptionEvent('evt_b', 'updated', 0, { plan: 'growth' }), subscriptionEvent('evt_c', 'updated', 60, { plan: 'enterprise' }),
    subscriptionEvent('evt_d', 'updated', 60, { plan: 'growth' }), subscriptionEvent('evt_e', 'created', 70, { id: 'sub_2', created: firstSecond + 70 }), subscriptionEvent('evt_f', 'deleted', 80, { id: 'sub_2', created: firstSecond + 70 }),
    invoiceEvent('evt_g', 'payment_failed', 10), invoiceEvent('evt_h', 'paid', 20), invoiceEvent('evt_i', 'payment_failed', 90, { invoice: 'in_2', attempt: 3 }),
  ]
  const expected = after(events)
  fc.assert(fc.property(fc.shuffledSubarray([...events, ...events, ...events], { minLength: events.length * 3 }), (arrival) => {
    const arrived = after(arrival)
    expect(arrived.state).toEqual(expected.state)
    expect(arrived.log).toEqual(expected.log)
  }), { numRuns: 300 })
  expect(expected.state.view).toMatchObject({ record: { subscriptionId: 'sub_1', plan: 'growth', paymentStatus: 'failed' } })
})

test.each([
  [[], 'plans: write an object'],
  [{ growth: {} }, 'plans.growth.entitlements is missing'],
  [{ growth: { entitlements: 'all' } }, 'plans.growth.entitlements: write a list'],
  [{ growth: { entitlements: [], price: 'x' } }, 'plans.growth.price is not a field of a plan'],
  [{ growth: { entitlements: [], limits: { seats: 'many' } } }, 'plans.growth.limits: write numbers'],
  [{ a: { entitlements: [], match: ['p'] }, b: { entitlements: [], match: ['p'] } }, 'plans: "p" means both a and b'],
  [{ a: { entitlements: [], isFallback: true }, b: { entitlements: [], isFallback: true } }, 'a and b are both marked isFallback'],
  [{ 'a b': { entitlements: [] } }, 'is no name of a plan'],
])('plans %j are refused: %s', (written, mistake) => {
  const read = readPlans(written)
  expect(read.ok ? [] : read.mistakes.join('\n')).toContain(mistake)
})

/** What stands after these events, and all that was told on the way. */
function after(events: readonly Told[], from: BillingState = noBilling, plans: Plans = defaultPlans) {
  let state = from
  const publications = []
  const log = new Map<string, unknown>()
  for (const { type, data } of events) {
    const next = decide(state, toldByStripe(type, data as never), plans)
    state = next.state
    publications.push(...next.publications)
    log.set(next.entry.event, next.entry)
  }
  return { state, publications, log: Object.fromEntries([...log].sort()) }
}
