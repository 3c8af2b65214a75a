import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxWaitMs, parseRetryPolicy, retryPolicyProblems } from './retry-policy.js'

const seconds = (...values: number[]) => values.map((value) => value * 1_000)
const minute = 60
const hour = 3_600

describe('a named policy', () => {
  test.each([
    ['bare-commerce', seconds(0, 5, 25, 2 * minute, 10 * minute)],
    ['bear-billing', seconds(0, 1 * minute, 5 * minute, 30 * minute)],
    ['devsphere', seconds(0, 5, 30, 5 * minute, 30 * minute, 2 * hour, 8 * hour)],
    ['better-data', seconds(0, 5, 30, 5 * minute, 30 * minute, 2 * hour, 8 * hour)],
    ['standard', seconds(0, 5, 30, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour)],
  ])('%s waits as it documents', (name, waitsMs) => {
    expect(parseRetryPolicy(name)).toEqual({ ok: true, waitsMs })
  })
})

describe('a schedule', () => {
  test('has one attempt for each entry', () => {
    expect(parseRetryPolicy({ schedule: ['0s', '5s', '2m', '10h', '1d', '250ms'] })).toEqual({ ok: true, waitsMs: [0, 5_000, 120_000, 36_000_000, 86_400_000, 250] })
  })
  test('may be a single attempt, and may wait before it', () => {
    expect(parseRetryPolicy({ schedule: ['30s'] })).toEqual({ ok: true, waitsMs: [30_000] })
  })
  test('may be 50 attempts of 7 days', () => {
    expect(parseRetryPolicy({ schedule: Array.from({ length: 50 }, () => '7d') })).toMatchObject({ ok: true })
  })
})

describe('an exponential policy', () => {
  test('tries at once, then waits first, first × factor, … up to max', () => {
    expect(parseRetryPolicy({ exponential: { first: '5s', factor: 3, max: '1m', attempts: 6 } })).toEqual({ ok: true, waitsMs: seconds(0, 5, 15, 45, 60, 60) })
  })
  test('of one attempt never retries', () => {
    expect(parseRetryPolicy({ exponential: { first: '5s', factor: 2, max: '1h', attempts: 1 } })).toEqual({ ok: true, waitsMs: [0] })
  })
  test('makes the attempts it names, never waits less than before, and never longer than max', () => {
    const duration = fc.integer({ min: 0, max: maxWaitMs }).map((ms) => `${ms}ms`)
    fc.assert(fc.property(duration, fc.double({ min: 1, max: 100, noNaN: true }), duration, fc.integer({ min: 1, max: 50 }), (first, factor, max, attempts) => {
      const policy = parseRetryPolicy({ exponential: { first, factor, max, attempts } })
      if (!policy.ok) throw new Error(policy.message)
      expect(policy.waitsMs).toHaveLength(attempts)
      expect(policy.waitsMs).toEqual(policy.waitsMs.toSorted((a, b) => a - b))
      expect(policy.waitsMs.every((waitMs) => Number.isInteger(waitMs) && waitMs <= Number.parseInt(max))).toBe(true)
    }))
  })
})

const exponential = { first: '5s', factor: 2, max: '1h', attempts: 8 }

describe('what is no retry policy is refused with a reason', () => {
  test.each([
    ['retry_policy_malformed', undefined],
    ['retry_policy_malformed', null],
    ['retry_policy_malformed', 5],
    ['retry_policy_malformed', ['0s']],
    ['retry_policy_malformed', {}],
    ['retry_policy_malformed', { schedule: '0s' }],
    ['retry_policy_malformed', { schedule: { 0: '0s' } }],
    ['retry_policy_malformed', { schedule: ['0s'], exponential }],
    ['retry_policy_malformed', { schedule: ['0s'], jitter: 0 }],
    ['retry_policy_malformed', { linear: exponential }],
    ['retry_policy_malformed', { exponential: null }],
    ['retry_policy_malformed', { exponential: { first: '5s', factor: 2, max: '1h' } }],
    ['retry_policy_malformed', { exponential: { ...exponential, jitter: 0.5 } }],
    ['retry_policy_unknown', ''],
    ['retry_policy_unknown', 'Standard'],
    ['retry_policy_unknown', 'toString'],
    ['retry_policy_unknown', '__proto__'],
    ['retry_policy_length', { schedule: [] }],
    ['retry_policy_length', { schedule: Array.from({ length: 51 }, () => '1s') }],
    ['retry_policy_length', { exponential: { ...exponential, attempts: 0 } }],
    ['retry_policy_length', { exponential: { ...exponential, attempts: 51 } }],
    ['retry_policy_length', { exponential: { ...exponential, attempts: 1.5 } }],
    ['retry_policy_length', { exponential: { ...exponential, attempts: '8' } }],
    ['retry_policy_wait', { schedule: ['0s', '7d', '8d'] }],
    ['retry_policy_wait', { schedule: ['0s', `${maxWaitMs + 1}ms`] }],
    ['retry_policy_wait', { schedule: [0, 5] }],
    ['retry_policy_wait', { schedule: ['0s', '-5s'] }],
    ['retry_policy_wait', { schedule: ['0s', '5'] }],
    ['retry_policy_wait', { schedule: ['0s', null] }],
    ['retry_policy_wait', { exponential: { ...exponential, first: 5 } }],
    ['retry_policy_wait', { exponential: { ...exponential, max: '8d' } }],
    ['retry_policy_factor', { exponential: { ...exponential, factor: 0.5 } }],
    ['retry_policy_factor', { exponential: { ...exponential, factor: 101 } }],
    ['retry_policy_factor', { exponential: { ...exponential, factor: Number.NaN } }],
    ['retry_policy_factor', { exponential: { ...exponential, factor: '2' } }],
  ])('%s: %j', (code, value) => {
    expect(parseRetryPolicy(value)).toMatchObject({ ok: false, code, message: expect.stringMatching(/\.$/), fix: expect.stringMatching(/\.$/) })
  })

  test('whatever is sent, the answer is a schedule within the limits or a listed code', () => {
    const policies = fc.oneof(fc.anything(), fc.record({ schedule: fc.array(fc.oneof(fc.string(), fc.constantFrom('0s', '5s', '7d', '9d'))) }), fc.record({ exponential: fc.anything() }))
    fc.assert(fc.property(policies, (value) => {
      const policy = parseRetryPolicy(value)
      if (!policy.ok) return policy.code in retryPolicyProblems
      return policy.waitsMs.length >= 1 && policy.waitsMs.length <= 50 && policy.waitsMs.every((waitMs) => waitMs >= 0 && waitMs <= maxWaitMs)
    }))
  })
})
