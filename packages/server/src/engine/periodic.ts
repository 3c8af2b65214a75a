/** Does something now and then, one run at a time, until it is stopped. */
export interface Chore {
  everyMs: number
  /** Tells whether there is more to do at once. */
  work(): Promise<boolean>
}

/** Between two runs of a chore that has more to do: others get their turn. */
const pauseMs = 20

/** Starts a chore and returns what stops it; a failure is reported and the chore goes on at its next time. */
export function startChore({ everyMs, work }: Chore, report: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const plan = (delayMs: number): void => {
    if (!isStopped) timer = setTimeout(() => void run(), delayMs)
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
    clearTimeout(timer)
  }
}
