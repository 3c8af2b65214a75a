import { expect, test } from 'vitest'
import { isWithin, numberText, tableOf } from './report.js'

test('numbers are shown with the digits that mean something', () => {
  expect([0.2512, 4, 12.345, 12_345.6, 0, Number.NaN].map(numberText)).toEqual(['0.251', '4', '12.3', '12,346', '0', '–'])
})

test('a figure that falls short is marked, one without a floor is not', () => {
  expect(isWithin({ name: 'R', value: 0.1, unit: '', atLeast: 0.15 })).toBe(false)
  expect(isWithin({ name: 'p99', value: 49, unit: 'ms', atMost: 50 })).toBe(true)
  expect(isWithin({ name: 'CPU', value: 49, unit: 'µs' })).toBeUndefined()
  expect(isWithin({ name: 'p99', value: Number.NaN, unit: 'ms', atMost: 50 })).toBe(false)
})

test('the table tells every figure and every remark', () => {
  const table = tableOf('the question', { scenario: 'main', figures: [{ name: 'R', value: 0.1, unit: '', atLeast: 0.15 }], remarks: ['void: the sink was 93 % busy'], detail: {} })
  expect(table).toBe('\nmain: the question\n  R  0.100    SHORT at least 0.150\n  ! void: the sink was 93 % busy')
})
