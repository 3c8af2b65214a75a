import { describe, expect, test } from 'vitest'
import { PosthornError, parseRetryAfter } from './posthorn-error.js'
import { retryTimes, waitBeforeRetry } from './retry.js'

const error = (status: number, more: { code?: string; retryAfterMs?: number } = {}) => new PosthornError({ code: 'unavailable', status, detail: '', fix: '', ...more })
const settings = { retries: 3, random: 1 }

describe('a request is tried again', () => {
  test.each([429, 502, 503, 504])('after %i, and no other answer', (status) => {
    expect(waitBeforeRetry(error(status), 1, settings)).toBe(retryTimes.firstMs)
  })

  test.each(['network', 'timeout'])('after no answer at all: %s', (code) => {
    expect(waitBeforeRetry(error(0, { code }), 1, settings)).toBe(retryTimes.firstMs)
  })

  test('after twice the wait each time, up to a limit, and at least half of it', () => {
    const waits = (random: number) => [1, 2, 3, 10].map((tries) => waitBeforeRetry(error(503), tries, { retries: 20, random }))
    expect(waits(1)).toEqual([250, 500, 1_000, 8_000])
    expect(waits(0)).toEqual([125, 250, 500, 4_000])
  })

  test('no earlier than the server asked for', () => {
    expect(waitBeforeRetry(error(503, { retryAfterMs: 5_000 }), 1, settings)).toBe(5_000)
  })
})

describe('a request is not tried again', () => {
  test.each([400, 401, 403, 404, 409, 422, 500])('after %i', (status) => {
    expect(waitBeforeRetry(error(status), 1, settings)).toBeUndefined()
  })

  test('more often than it should be', () => {
    expect(waitBeforeRetry(error(503), 3, settings)).toBeDefined()
    expect(waitBeforeRetry(error(503), 4, settings)).toBeUndefined()
  })

  test('when the server asked for more patience than anybody has', () => {
    expect(waitBeforeRetry(error(503, { retryAfterMs: retryTimes.longestAskedMs + 1 }), 1, settings)).toBeUndefined()
  })
})

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-15T12:00:00Z')
  expect(parseRetryAfter('7', now)).toBe(7_000)
  expect(parseRetryAfter('Thu, 15 Jan 2026 12:00:30 GMT', now)).toBe(30_000)
  expect(parseRetryAfter('Thu, 15 Jan 2026 11:00:00 GMT', now)).toBe(0)
  expect(parseRetryAfter('soon', now)).toBeUndefined()
  expect(parseRetryAfter(null, now)).toBeUndefined()
})
