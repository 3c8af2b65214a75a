import { expect, test } from 'vitest'
import { StatementNames, connectionLivesMs } from './statement-names.js'

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

test('what nobody has said for as long as a connection lives makes room, and its name is never another\'s', () => {
  let now = 0
  const names = new StatementNames(() => now)
  const nameOf = (text: string): string | undefined => { names.of(text); return names.of(text) }
  const first = nameOf('select 0')
  const given = new Set([first, ...Array.from({ length: 299 }, (_, n) => nameOf(`select ${n + 1}`))])
  now += connectionLivesMs / 2
  expect(names.of('select 0')).toBe(first)
  expect(nameOf('select 300')).toBeUndefined()

  now += connectionLivesMs / 2 + 1
  const late = nameOf('select 300')
  expect(late).toMatch(/^posthorn_\d+$/)
  expect(given).not.toContain(late)
  expect(names.of('select 0')).toBe(first)
  expect(names.of('select 1')).toBeUndefined()
})
