import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from './duration.js'

describe('a duration', () => {
  test.each([
    ['0s', 0], ['250ms', 250], ['5s', 5_000], ['2m', 120_000], ['10h', 36_000_000], ['1d', 86_400_000], ['05s', 5_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each([
    '', '5', '0', 's', '-5s', '+5s', '1.5h', '1e3s', ' 5s', '5s ', '5 s', '5S', '5sec', '1h30m', '0x5s', 'Infinityd', '٥s', '5s\n', '1234567890123d',
  ])('%j is none', (text) => expect(parseDuration(text)).toBeUndefined())

  test('whole numbers of every unit are read exactly', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom(['ms', 1] as const, ['s', 1e3] as const, ['m', 6e4] as const, ['h', 36e5] as const, ['d', 864e5] as const),
      (count, [unit, ms]) => parseDuration(`${count}${unit}`) === count * ms))
  })
})
