/** Time and chance as the engine is given them, so that a test can make days pass in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. Never runs backwards: the wall clock at start, and what has passed since. */
  now(): number
  /** Calls back once `ms` have passed; the function returned calls it off. */
  after(ms: number, callback: () => void): () => void
  /** From 0 up to, but not including, 1. */
  random(): number
}

const suspendedMs = 2_000

export function systemClock(): Clock {
  let startedAt = Date.now() - performance.now()
  return {
    now() {
      const now = startedAt + performance.now()
      // A machine that slept has a monotonic clock that stood still. Only forwards: a clock set back must not repeat time.
      if (Date.now() - now > suspendedMs) startedAt = Date.now() - performance.now()
      return Math.floor(startedAt + performance.now())
    },
    after(ms, callback) {
      // Timers hold at most 2^31 - 1 ms; a longer wait looks again in between.
      const timer = ms > 2_147_483_647 ? setTimeout(() => callback(), 2_147_483_647) : setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
  }
}
