/**
 * Microseconds on the machine's monotonic clock, the same for every process. (performance.now() counts from each
 * process's own start, and no two clocks can be read at one instant to find the distance.)
 */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}
