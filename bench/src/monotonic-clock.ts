// process.hrtime is CLOCK_MONOTONIC, one clock for every process of the machine; performance.now() reads the same
// clock from another zero point and allocates nothing.
const zeroUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000

/** Microseconds on the machine's monotonic clock, comparable between processes. */
export function monotonicUs(): number {
  return zeroUs + performance.now() * 1000
}
