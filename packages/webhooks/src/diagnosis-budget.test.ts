import { expect, test } from 'vitest'
import { DiagnosisBudget } from './diagnosis-budget.js'

test('each second has an allowance for finding reasons, and no more', async () => {
  let now = 0
  const budget = new DiagnosisBudget(10_000, () => now)
  const look = (bytes: number) => budget.spend(bytes, async () => 'reason')
  expect([await look(4_000), await look(4_000), await look(1)]).toEqual(['reason', 'reason', undefined])
  now = 999
  expect(await look(1)).toBeUndefined()
  now = 1_000
  expect(await look(1)).toBe('reason')
})

test('small requests are not free either', async () => {
  const budget = new DiagnosisBudget(10_000, () => 0)
  let looked = 0
  for (let index = 0; index < 100; index++) if (await budget.spend(0, async () => true)) looked += 1
  expect(looked).toBe(10)
})
