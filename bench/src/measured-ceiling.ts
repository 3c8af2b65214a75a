import type { CeilingResult } from './ceiling.js'
import type { Captured } from './sink.js'
import type { Stage } from './stage.js'

export interface MeasuredCeiling {
  /** The best of the connection counts. */
  best: CeilingResult
  all: CeilingResult[]
  /** Share of one core that the sink used during the best one, 0 to 1. */
  sinkBusy: number
}

/** Measures C: the same posts, to the same sink, by a process that does nothing else, over 16, 64 and 256 connections. */
export async function measureCeiling(stage: Stage, captured: Captured[], secret: string): Promise<MeasuredCeiling> {
  const warmSeconds = 1
  const measured: { result: CeilingResult; sinkBusy: number }[] = []
  for (const connections of [16, 64, 256]) {
    await stage.clear()
    const sinkBeforeUs = await stage.sink.ask('cpuUs')
    const startedAt = performance.now()
    const result = await stage.ceiling.ask('measure', { captured, secret, connections, warmSeconds, seconds: stage.options.ceilingSeconds })
    const sinkUs = (await stage.sink.ask('cpuUs')) - sinkBeforeUs
    measured.push({ result, sinkBusy: sinkUs / ((performance.now() - startedAt) * 1000) })
  }
  const best = measured.toSorted((a, b) => b.result.postsPerSecond - a.result.postsPerSecond)[0]
  if (best === undefined) throw new Error('No ceiling was measured.')
  return { best: best.result, all: measured.map(({ result }) => result), sinkBusy: best.sinkBusy }
}
