import { expect, test } from 'vitest'
import { fsyncsIn } from './fsyncs.js'

test('fsync and fdatasync are added up from the summary, its total line left out', () => {
  const summary = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 90.00    0.009000         225        40           fdatasync
 10.00    0.001000         100        10         1 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    0.010000         200        50         1 total
`
  expect(fsyncsIn(summary).count).toBe(50)
  expect(fsyncsIn(summary).ms).toBeCloseTo(0.2)
})

test('a run without any has none', () => {
  expect(fsyncsIn('')).toEqual({ count: 0, ms: 0 })
})
