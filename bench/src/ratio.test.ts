import { describe, expect, test } from 'vitest'
import { type Pair, ratioOf } from './ratio.js'

const pair: Pair = { deliveredPerSecond: 10_000, cpuUsPerDelivery: 100, ceilingPerSecond: 40_000, cpuUsPerPost: 25, sinkBusyInCeiling: 0.6 }

describe('the ratio', () => {
  test('R is the median of delivered ÷ ceiling, pair by pair', () => {
    const pairs = [pair, { ...pair, deliveredPerSecond: 12_000 }, { ...pair, deliveredPerSecond: 4_000 }]
    expect(ratioOf(pairs).r).toBe(0.25)
  })

  test('units per delivery tell how many bare posts one delivery costs', () => {
    expect(ratioOf([pair]).k).toBe(0.25)
    expect(ratioOf([pair]).unitsPerDelivery).toBe(4)
  })

  test('a steady ceiling with a light sink is not void', () => {
    expect(ratioOf([pair, pair]).voidBecause).toEqual([])
  })

  test('a sink that was the limit makes it void, and says so', () => {
    expect(ratioOf([pair, { ...pair, sinkBusyInCeiling: 0.93 }]).voidBecause).toEqual(['the sink was 93 % busy while the ceiling was measured (at most 80 %)'])
  })

  test('a ceiling that wanders makes it void, and says so', () => {
    expect(ratioOf([pair, { ...pair, ceilingPerSecond: 30_000 }]).voidBecause).toEqual(['the ceiling varied by 29 % (at most 15 %)'])
  })
})
