import { expect, test } from 'vitest'
import { StatementNames } from './statement-names.js'

test('a statement has a name from the second time on, and the same one ever after', () => {
  const names = new StatementNames()
  expect(names.of('select 1')).toBeUndefined()
  expect(names.of('select 2')).toBeUndefined()
  const name = names.of('select 1')
  expect(name).toMatch(/^posthorn_\d+$/)
  expect(names.of('select 1')).toBe(name)
  expect(names.of('select 2')).not.toBe(name)
})

test('there are only so many: those of odd lists do not fill the server', () => {
  const names = new StatementNames()
  const given = new Set<string | undefined>()
  for (let n = 0; n < 2_000; n++) for (let times = 0; times < 2; times++) given.add(names.of(`select ${n}`))
  given.delete(undefined)
  expect(given.size).toBe(300)
})
