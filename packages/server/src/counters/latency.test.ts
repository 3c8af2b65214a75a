import { expect, test } from 'vitest'
import { latencyBucket, latencyKind, latencyOf } from './latency.js'

function histogramOf(latencies: readonly number[]): Map<number, number> {
  const histogram = new Map<number, number>()
  for (const ms of latencies) {
    const bucket = latencyBucket(latencyKind(ms)) as number
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1)
  }
  return histogram
}

test('percentiles are told to within a bucket, whatever the latencies are', () => {
  const uniform = Array.from({ length: 10_000 }, (_, n) => n + 1)
  const skewed = uniform.map((n) => Math.exp(n / 1_000))
  for (const latencies of [uniform, skewed]) {
    const told = latencyOf(histogramOf(latencies))
    const exact = (part: number) => latencies[Math.ceil(latencies.length * part) - 1] as number
    expect(told?.count).toBe(10_000)
    for (const [name, part] of [['p50Ms', 0.5], ['p95Ms', 0.95], ['p99Ms', 0.99]] as const) {
      expect(Math.abs((told?.[name] ?? 0) - exact(part))).toBeLessThan(0.2 * exact(part) + 1)
    }
  }
})

test('nothing measured is no latency', () => {
  expect(latencyOf(new Map())).toBeUndefined()
})

test('a clock that was set back makes no negative latency, and what took for ever stands in the last bucket', () => {
  expect(latencyKind(-50)).toBe('l0')
  expect(latencyKind(0)).toBe('l0')
  expect(latencyKind(2)).toBe('l2')
  expect(latencyKind(1e15)).toBe('l60')
  expect(latencyBucket('succeeded')).toBeUndefined()
})
