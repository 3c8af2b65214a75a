import { expect, test } from 'vitest'
import { median, spread } from './statistics.js'

test('the median of an odd number of values is the middle one', () => {
  expect(median([9, 1, 5])).toBe(5)
})

test('the median of an even number of values is the mean of the middle two', () => {
  expect(median([9, 1, 5, 6])).toBe(5.5)
})

test('the median of nothing is not a number', () => {
  expect(median([])).toBeNaN()
})

test('the spread is the distance of the extremes in medians', () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.2)
  expect(spread([100])).toBe(0)
})
