import { median, spread } from './statistics.js'

/** One run of the product (D) and the ceiling measured right beside it (C). */
export interface Pair {
  deliveredPerSecond: number
  /** CPU of every Posthorn process and thread, in microseconds per delivery. */
  cpuUsPerDelivery: number
  /** The best of the ceiling's connection counts, in posts per second. */
  ceilingPerSecond: number
  /** CPU of the ceiling's process at that connection count, in microseconds per post. */
  cpuUsPerPost: number
  /** Share of one core that the sink used while the ceiling was measured, 0 to 1. */
  sinkBusyInCeiling: number
}

export interface Ratio {
  /** Median of delivered ÷ ceiling. */
  r: number
  /** Median of CPU of one ceiling post ÷ CPU of one delivery. */
  k: number
  /** 1 ÷ K: how many bare posts' worth of CPU one delivery costs. */
  unitsPerDelivery: number
  /** (largest − smallest) ÷ median of the ceilings. */
  ceilingSpread: number
  /** Why these figures may not be quoted; empty when they may. */
  voidBecause: string[]
}

/** The sink must never be what limits the ceiling, and a ceiling that wanders says that the machine does. */
const mostSinkBusy = 0.8
const mostCeilingSpread = 0.15

export function ratioOf(pairs: readonly Pair[]): Ratio {
  const k = median(pairs.map((pair) => pair.cpuUsPerPost / pair.cpuUsPerDelivery))
  const ceilingSpread = spread(pairs.map((pair) => pair.ceilingPerSecond))
  const sinkBusy = Math.max(...pairs.map((pair) => pair.sinkBusyInCeiling))

  const voidBecause: string[] = []
  if (sinkBusy > mostSinkBusy) voidBecause.push(`the sink was ${percent(sinkBusy)} busy while the ceiling was measured (at most ${percent(mostSinkBusy)})`)
  if (ceilingSpread > mostCeilingSpread) voidBecause.push(`the ceiling varied by ${percent(ceilingSpread)} (at most ${percent(mostCeilingSpread)})`)

  return { r: median(pairs.map((pair) => pair.deliveredPerSecond / pair.ceilingPerSecond)), k, unitsPerDelivery: 1 / k, ceilingSpread, voidBecause }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
