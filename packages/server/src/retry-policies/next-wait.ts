/**
 * How long to wait before attempt `step`, counted from the end of the attempt before it; undefined when the policy has
 * no such attempt and the delivery is given up.
 *
 * An endpoint that asks for time with Retry-After gets exactly the longer of what it asks and what the policy says, but
 * cannot put us off for more than a day. Jitter only adds, so nobody is ever called earlier than promised.
 */
export function nextWaitMs({ waitsMs, step, retryAfterMs = 0, random }: {
  waitsMs: readonly number[]
  /** How many attempts the policy has already made: the first attempt is step 0. */
  step: number
  retryAfterMs?: number | undefined
  /** From 0 up to, but not including, 1, as `Math.random` gives it. */
  random: () => number
}): number | undefined {
  const scheduledMs = waitsMs[step]
  if (scheduledMs === undefined) return undefined

  const waitMs = Math.max(scheduledMs, Math.min(retryAfterMs, maxRetryAfterMs))
  return waitMs + Math.floor(waitMs * jitter * random())
}

export const maxRetryAfterMs = 86_400_000
const jitter = 0.1
