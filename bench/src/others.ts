import { cpus } from 'node:os'

/** What all processors of the machine have done so far, in milliseconds. */
export interface ProcessorTimes {
  busyMs: number
  idleMs: number
}

export function processorTimes(): ProcessorTimes {
  return cpus().reduce(({ busyMs, idleMs }, { times }) => ({ busyMs: busyMs + times.user + times.nice + times.sys + times.irq, idleMs: idleMs + times.idle }), { busyMs: 0, idleMs: 0 })
}

/** The share (0 to 1) of the machine that went to processes which are none of the bench's own. */
export function othersShare(before: ProcessorTimes, after: ProcessorTimes, ownCpuUs: number): number {
  const busyMs = after.busyMs - before.busyMs
  const allMs = busyMs + after.idleMs - before.idleMs
  return allMs <= 0 ? 0 : Math.max(0, busyMs - ownCpuUs / 1000) / allMs
}
