import type { Options } from './options.js'

/** What was set for the product, as far as it depends on where it keeps its data. */
export interface Floors {
  /** Delivered ÷ ceiling, at least. */
  ratio: number
  /** Posts per delivery, at most. */
  units: number
  /** Publish to receipt at `latencyRate` events a second, p99, at most. */
  latencyRate: number
  latencyMs: number
  /** Of the write-ahead log, per delivery, at most. */
  walKilobytes: number | undefined
}

/** Nodes that share a database may cost so much more, all together. */
const shareOfMoreNodes = 1.15

export function floorsOf({ database, nodes }: Options): Floors {
  if (database === 'sqlite') return { ratio: 0.15, units: 7.5, latencyRate: 1000, latencyMs: 50, walKilobytes: undefined }
  return { ratio: 0.1, units: nodes === 1 ? 14 : 14 * shareOfMoreNodes, latencyRate: 500, latencyMs: 80, walKilobytes: 2.5 }
}
