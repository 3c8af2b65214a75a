/** How long deliveries took, as a histogram whose buckets grow by the square root of two: 20 % exact, and buckets of any span add up. */
export type Histogram = Map<number, number>

export interface Latency { count: number; p50Ms: number; p95Ms: number; p99Ms: number }

/**
 * The counter's kind of a delivery that its endpoint took at the first attempt, so long after its event was accepted. It
 * tells of the success too, so that a delivery adds to one counter and not to two.
 */
export function latencyKind(ms: number): string {
  return kinds[ms <= 1 ? 0 : Math.min(lastBucket, Math.ceil(2 * Math.log2(ms)))] as string
}

/** The bucket that a counter's kind means, or undefined for another kind. */
export function latencyBucket(kind: string): number | undefined {
  return buckets.get(kind)
}

/** Between a bucket's bounds values count as spread evenly. Undefined where nothing was measured. */
export function latencyOf(histogram: Histogram): Latency | undefined {
  const sorted = [...histogram].sort((a, b) => a[0] - b[0])
  const count = sorted.reduce((sum, [, number]) => sum + number, 0)
  if (count === 0) return undefined
  return { count, p50Ms: percentile(sorted, count, 0.5), p95Ms: percentile(sorted, count, 0.95), p99Ms: percentile(sorted, count, 0.99) }
}

function percentile(sorted: readonly (readonly [number, number])[], count: number, part: number): number {
  let before = 0
  for (const [bucket, number] of sorted) {
    if (before + number >= count * part) return Math.round(below(bucket) + (upTo(bucket) - below(bucket)) * (count * part - before) / number)
    before += number
  }
  return Math.round(upTo(lastBucket))
}

function upTo(bucket: number): number {
  return 2 ** (bucket / 2)
}

function below(bucket: number): number {
  return bucket === 0 ? 0 : upTo(bucket - 1)
}

/** Twelve days. */
const lastBucket = 60
const kinds = Array.from({ length: lastBucket + 1 }, (_, bucket) => `l${bucket}`)
const buckets = new Map(kinds.map((kind, bucket) => [kind, bucket]))
