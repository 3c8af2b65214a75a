import type { WorkTime } from '../sending/headroom.js'

/**
 * How a process paces its own work: time and waiting as the machine has them, apart from the clock that due dates follow.
 * A simulation gives each of its nodes its own, so that one can stand still while the others go on.
 */
export interface Pace {
  /** Milliseconds that have passed, whatever is done to the wall clock. Stands still while the whole machine sleeps. */
  monotonic(): number
  wall(): number
  /** Calls back once `ms` have passed; the function returned calls it off. With `mayEnd` the process need not live on for it. */
  after(ms: number, callback: () => void, options?: { mayEnd: boolean }): () => void
  /** Calls back once what lies ready to be read just now has been. */
  soon(callback: () => void): void
  loopTime(): WorkTime
}

export const systemPace: Pace = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback, { mayEnd } = { mayEnd: false }) {
    const timer = setTimeout(callback, ms)
    if (mayEnd) timer.unref()
    return () => clearTimeout(timer)
  },
  soon: (callback) => { setImmediate(callback) },
  loopTime() {
    const { active, idle } = performance.eventLoopUtilization()
    return { activeMs: active, idleMs: idle }
  },
}
