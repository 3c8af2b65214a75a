import { expect, test } from 'vitest'
import { RefusalWatch } from './refusal-watch.js'
import { RefusedBudget } from './refused-budget.js'

const hour = 3_600_000
const refuse = (watch: RefusalWatch, times: number, now: number) => Array.from({ length: times }, () => watch.refused(1, now)).filter((told) => told !== undefined)

test('ten refusals in a row are a cause, told once', () => {
  const watch = new RefusalWatch()
  expect(refuse(watch, 9, 5)).toEqual([])
  expect(refuse(watch, 100, 6)).toEqual([{ count: 10, since: 5 }])
})

test('one accepted request ends the row', () => {
  const watch = new RefusalWatch()
  refuse(watch, 9, 0)
  watch.accepted(1)
  expect(refuse(watch, 9, 0)).toEqual([])
})

test('a new cause is told when an hour has passed since the last, however often strangers send garbage', () => {
  const watch = new RefusalWatch()
  refuse(watch, 10, 0)
  watch.accepted(1)
  expect(refuse(watch, 50, hour - 1)).toEqual([])
  expect(refuse(watch, 1, hour)).toEqual([{ count: 51, since: hour - 1 }])
})

test('of refused requests so many are kept in a minute and in a day; beyond the bytes, their heads alone', () => {
  const budget = new RefusedBudget({ perMinute: { count: 3, bytes: 100 }, perDay: { count: 5, bytes: 1_000 } })
  expect([budget.take(1, 60, 0), budget.take(1, 60, 0), budget.take(1, 40, 0), budget.take(1, 1, 0)]).toEqual(['whole', 'head', 'whole', 'nothing'])
  expect(budget.take(2, 60, 0)).toBe('whole')
  expect([budget.take(1, 1, 60_000), budget.take(1, 1, 60_000), budget.take(1, 1, 60_000)]).toEqual(['whole', 'whole', 'nothing'])
  expect(budget.take(1, 1, 24 * hour)).toBe('whole')
})
