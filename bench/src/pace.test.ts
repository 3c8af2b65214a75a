import { expect, test } from 'vitest'
import { dueCount } from './pace.js'

test('the first event is due at once', () => {
  expect(dueCount(1000, 0, 0, 100)).toBe(1)
})

test('a late tick catches up with everything that became due', () => {
  expect(dueCount(1000, 10_000, 1, 100)).toBe(10)
})

test('nothing is due beyond the total', () => {
  expect(dueCount(1000, 10_000_000, 95, 100)).toBe(5)
  expect(dueCount(1000, 10_000_000, 100, 100)).toBe(0)
})
