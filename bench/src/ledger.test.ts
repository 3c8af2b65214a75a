import { expect, test } from 'vitest'
import { ledgerOf } from './ledger.js'

test('what was received and settled is not lost', () => {
  expect(ledgerOf(new Set(['1 a', '2 b']), new Set(['1 a', '2 b']), new Set(['1 a', '2 b']))).toEqual({ accepted: 2, settled: 2, notReceived: 0, notSettled: 0, lost: 0 })
})

test('what was received but is not settled, or settled but never received, is lost', () => {
  expect(ledgerOf(new Set(['1 a', '2 b', '3 c']), new Set(['1 a', '2 b']), new Set(['1 a', '3 c']))).toEqual({ accepted: 3, settled: 1, notReceived: 1, notSettled: 1, lost: 2 })
})

test('what was never acknowledged owes nothing', () => {
  expect(ledgerOf(new Set(), new Set(['1 a']), new Set(['1 a'])).lost).toBe(0)
})
