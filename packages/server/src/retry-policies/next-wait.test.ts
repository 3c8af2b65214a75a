import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxRetryAfterMs, nextWaitMs } from './next-wait.js'

const waitsMs = [0, 5_000, 30_000]
const noJitter = () => 0
const fullJitter = () => 1 - Number.EPSILON

describe('the wait before an attempt', () => {
  test('is the entry of that attempt', () => {
    expect([0, 1, 2].map((step) => nextWaitMs({ waitsMs, step, random: noJitter }))).toEqual([0, 5_000, 30_000])
  })
  test('is none once the schedule is used up', () => {
    expect(nextWaitMs({ waitsMs, step: 3, retryAfterMs: 60_000, random: noJitter })).toBeUndefined()
    expect(nextWaitMs({ waitsMs: [], step: 0, random: noJitter })).toBeUndefined()
  })
  test('has no jitter where there is nothing to wait for', () => {
    expect(nextWaitMs({ waitsMs, step: 0, random: fullJitter })).toBe(0)
  })
  test('grows by at most a tenth', () => {
    expect(nextWaitMs({ waitsMs, step: 1, random: fullJitter })).toBe(5_499)
  })
  test.each([
    ['a longer Retry-After wins', 60_000, 60_000],
    ['a shorter Retry-After changes nothing', 1_000, 5_000],
    ['Retry-After: 0 changes nothing', 0, 5_000],
    ['Retry-After is capped at 24 hours', 25 * 3_600_000, 24 * 3_600_000],
    ['a Retry-After of any length is capped', Infinity, 24 * 3_600_000],
    ['no Retry-After leaves the schedule', undefined, 5_000],
  ])('%s', (_name, retryAfterMs, expectedMs) => {
    expect(nextWaitMs({ waitsMs, step: 1, retryAfterMs, random: noJitter })).toBe(expectedMs)
  })
  test('a schedule of more than 24 hours is not cut by the cap', () => {
    expect(nextWaitMs({ waitsMs: [0, 7 * 86_400_000], step: 1, retryAfterMs: Infinity, random: noJitter })).toBe(7 * 86_400_000)
  })
  test('Retry-After has jitter too', () => {
    expect(nextWaitMs({ waitsMs, step: 1, retryAfterMs: 100_000, random: () => 0.5 })).toBe(105_000)
  })
  test('is never shorter than promised and never more than a tenth longer', () => {
    const wait = fc.integer({ min: 0, max: 7 * 86_400_000 })
    fc.assert(fc.property(fc.array(wait, { minLength: 1 }), fc.nat(), fc.option(fc.nat({ max: 1e12 }), { nil: undefined }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (waits, seed, retryAfterMs, chance) => {
        const step = seed % waits.length
        const promisedMs = Math.max(waits[step]!, Math.min(retryAfterMs ?? 0, maxRetryAfterMs))
        const waitMs = nextWaitMs({ waitsMs: waits, step, retryAfterMs, random: () => chance })!
        return Number.isInteger(waitMs) && waitMs >= promisedMs && waitMs <= promisedMs * 1.1
      }))
  })
})
