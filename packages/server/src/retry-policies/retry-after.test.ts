import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRetryAfter } from './retry-after.js'

const now = Date.UTC(2026, 0, 31, 12, 0, 0)

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['007', 7_000],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
    ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
    ['Saturday, 31-Jan-26 12:00:30 GMT', 30_000],
    ['Sat Jan 31 12:00:30 2026', 30_000],
    ['Sun Feb  1 12:00:00 2026', 86_400_000],
    ['Sat, 31 Jan 2026 12:00:60 GMT', 60_000],
    ['Sat, 31 Jan 2026 11:59:59 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Tue, 29 Feb 2028 12:00:00 GMT', (365 + 365 + 29) * 86_400_000],
  ])('%j asks for %i ms', (value, ms) => expect(parseRetryAfter(value, now)).toBe(ms))

  test('a year of two digits lies at most 50 years ahead', () => {
    expect(parseRetryAfter('Friday, 31-Jan-76 12:00:00 GMT', now)).toBe(Date.UTC(2076, 0, 31, 12) - now)
    expect(parseRetryAfter('Monday, 31-Jan-77 12:00:00 GMT', now)).toBe(0)
  })

  test.each([
    undefined, '', ' ', '-1', '+1', '1.5', '1e3', '0x10', '12 0', '120s', '120, 60', 'soon', 'Infinity', '١٢',
    'Sat, 31 Jan 2026 12:00:30', 'Sat, 31 Jan 2026 12:00:30 UTC', 'Sat, 31 Jan 2026 24:00:00 GMT', 'Sat, 31 Jan 2026 12:60:00 GMT', 'Tue, 31 Feb 2026 12:00:00 GMT',
    'Sat, 00 Jan 2026 12:00:00 GMT', 'Sat, 31 Jän 2026 12:00:30 GMT', '31 Jan 2026 12:00:30 GMT', '2026-01-31T12:00:30Z', 'sat, 31 jan 2026 12:00:30 gmt',
  ])('%j asks for nothing that we understand', (value) => expect(parseRetryAfter(value, now)).toBeUndefined())

  test('every date in the form that Node writes is understood to the second', () => {
    fc.assert(fc.property(fc.date({ min: new Date(now), max: new Date('9999-12-31'), noInvalidDate: true }), (date) =>
      parseRetryAfter(date.toUTCString(), now) === Math.max(0, Math.floor(date.getTime() / 1_000) * 1_000 - now)))
  })

  test('no value throws or gives a negative or endless wait', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,400}$/)), (value) => {
      const waitMs = parseRetryAfter(value, now)
      return waitMs === undefined || (waitMs >= 0 && Number.isFinite(waitMs))
    }))
  })
})
