import { expect, test } from 'vitest'
import { othersShare } from './others.js'

const before = { busyMs: 1_000, idleMs: 5_000 }

test('what the processors did, less what the bench did itself, is the share of the others', () => {
  expect(othersShare(before, { busyMs: 2_000, idleMs: 6_000 }, 500_000)).toBeCloseTo(0.25)
  expect(othersShare(before, { busyMs: 2_000, idleMs: 6_000 }, 1_000_000)).toBe(0)
})

test('clocks that differ by a step make no negative share, and no time is no share', () => {
  expect(othersShare(before, { busyMs: 2_000, idleMs: 6_000 }, 1_010_000)).toBe(0)
  expect(othersShare(before, before, 0)).toBe(0)
})
