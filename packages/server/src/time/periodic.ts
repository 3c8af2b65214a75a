import type { Pace } from './pace.js'

/** Does something now and then, one run at a time, until it is stopped. */
export interface Chore {
  everyMs: number
  /** Tells whether there is more to do at once. */
  work(): Promise<boolean>
}

/** Between two runs of a chore that has more to do: others get their turn. */
const pauseMs = 20

/** Starts a chore and returns what stops it; a failure is reported and the chore goes on at its next time. */
export function startChore({ everyMs, work }: Chore, report: (error: unknown) => void, pace: Pace): () => void {
  let callOff: (() => void) | undefined
  let isStopped = false
  const plan = (delayMs: number): void => {
    if (!isStopped) callOff = pace.after(delayMs, () => void run())
  }
  const run = async (): Promise<void> => {
    try {
      plan(await work() ? Math.min(pauseMs, everyMs) : everyMs)
    } catch (error) {
      if (!isStopped) report(error)
      plan(everyMs)
    }
  }
  plan(everyMs)
  return () => {
    isStopped = true
    callOff?.()
  }
}
