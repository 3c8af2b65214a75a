import { describe, expect, test } from 'vitest'
import { waitsOf, wordsOf } from './waits.js'

describe('the waits of a retry policy', () => {
  test('grow from the second attempt on, up to the largest', () => {
    expect(waitsOf({ exponential: { first: '5s', factor: 2, max: '30s', attempts: 6 } })).toEqual([0, 5_000, 10_000, 20_000, 30_000, 30_000])
    expect(waitsOf({ exponential: { first: '1h', factor: 2, max: '1d', attempts: 1 } })).toEqual([0])
  })

  test('of a schedule are what it says', () => {
    expect(waitsOf({ schedule: ['0s', '250ms', '2m', '7d'] })).toEqual([0, 250, 120_000, 604_800_000])
  })

  test('are not known of what the server would refuse', () => {
    for (const wrong of [{ first: '5' }, { first: '8d' }, { factor: 0.5 }, { factor: Number('x') }, { max: '' }, { attempts: 0 }, { attempts: 51 }, { attempts: 2.5 }]) {
      expect(waitsOf({ exponential: { first: '5s', factor: 2, max: '1h', attempts: 8, ...wrong } }), JSON.stringify(wrong)).toBeUndefined()
    }
    expect(waitsOf({ schedule: [] })).toBeUndefined()
    expect(waitsOf({ schedule: ['0s', 'soon'] })).toBeUndefined()
  })

  test('are told short', () => {
    expect([0, 250, 5_000, 1_125, 90_000, 120_000, 405_000, 3_645_000, 19_860_000, 7_200_000, 86_400_000].map(wordsOf)).toEqual(['0', '250 ms', '5 s', '1.1 s', '90 s', '2 min', '6.8 min', '60.8 min', '5.5 h', '2 h', '1 d'])
  })
})
