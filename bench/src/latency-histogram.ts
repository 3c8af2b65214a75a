/** Latencies in microseconds, kept in buckets at most 0.8 % wide, so that millions cost no more memory than a few. */
export class LatencyHistogram {
  readonly counts: Uint32Array

  /** `counts` as another process sent them, or none to begin empty. */
  constructor(counts: Uint32Array = new Uint32Array(bucketCount)) {
    this.counts = counts
  }

  record(latencyUs: number): void {
    const bucket = bucketOf(latencyUs)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
  }

  add(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      this.counts[bucket] = (this.counts[bucket] ?? 0) + (other.counts[bucket] ?? 0)
    }
  }

  clear(): void {
    this.counts.fill(0)
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }

  /** The smallest latency, in microseconds, that `share` (0 to 1) of the recorded ones do not exceed; NaN when none was recorded. */
  percentileUs(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.total * share))
    let seen = 0
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.counts[bucket] ?? 0
      if (seen >= wanted) return upperEdgeUs(bucket)
    }
    return Number.NaN
  }
}

// Below 128 µs each microsecond has a bucket of its own; above, each doubling is divided in 128.
const stepBits = 7
const steps = 1 << stepBits
const bucketCount = (31 - stepBits + 1) * steps

function bucketOf(latencyUs: number): number {
  const us = Math.min(Math.max(0, Math.round(latencyUs)), 0x7fffffff)
  if (us < steps) return us
  const shift = 31 - Math.clz32(us) - stepBits
  return (shift + 1) * steps + ((us >>> shift) - steps)
}

function upperEdgeUs(bucket: number): number {
  if (bucket < steps) return bucket
  const shift = Math.floor(bucket / steps) - 1
  return (steps + (bucket % steps) + 1) * 2 ** shift - 1
}
