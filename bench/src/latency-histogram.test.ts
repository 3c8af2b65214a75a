import { describe, expect, test } from 'vitest'
import { LatencyHistogram } from './latency-histogram.js'

describe('a latency histogram', () => {
  test('tells percentiles of small latencies exactly', () => {
    const histogram = new LatencyHistogram()
    for (let us = 1; us <= 100; us++) histogram.record(us)
    expect(histogram.percentileUs(0.5)).toBe(50)
    expect(histogram.percentileUs(0.99)).toBe(99)
    expect(histogram.percentileUs(1)).toBe(100)
  })

  test('tells percentiles of any latency to within 0.8 %, never too low', () => {
    for (const us of [127, 128, 129, 1_000, 15_000, 999_999, 30_000_000, 2_000_000_000]) {
      const histogram = new LatencyHistogram()
      histogram.record(us)
      expect(histogram.percentileUs(0.5)).toBeGreaterThanOrEqual(us)
      expect(histogram.percentileUs(0.5)).toBeLessThanOrEqual(us * 1.008)
    }
  })

  test('says NaN when nothing was recorded', () => {
    expect(new LatencyHistogram().percentileUs(0.5)).toBeNaN()
  })

  test('adds up what several processes recorded', () => {
    const [fast, slow] = [new LatencyHistogram(), new LatencyHistogram()]
    for (let n = 0; n < 99; n++) fast.record(10)
    slow.record(100)
    fast.add(new LatencyHistogram(slow.counts))
    expect(fast.total).toBe(100)
    expect(fast.percentileUs(0.99)).toBe(10)
    expect(fast.percentileUs(1)).toBe(100)
  })

  test('counts a latency below zero or beyond half an hour at the edge instead of losing it', () => {
    const histogram = new LatencyHistogram()
    histogram.record(-5)
    histogram.record(1e12)
    expect(histogram.total).toBe(2)
    expect(histogram.percentileUs(0.5)).toBe(0)
  })
})
