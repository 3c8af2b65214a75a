import { execFileSync } from 'node:child_process'

/** What the kernel was asked to flush during a run. */
export interface Fsyncs {
  count: number
  /** Mean wall-clock time of one, in milliseconds. */
  ms: number
}

export function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A command prefix that counts fsync and fdatasync of whatever it runs, all threads included, and leaves every other call alone. */
export function countingFsyncs(summaryFile: string): string[] {
  return ['strace', '-f', '--seccomp-bpf', '-c', '-w', '-e', 'trace=fsync,fdatasync', '-o', summaryFile]
}

/** Reads strace's summary: `% time, seconds, usecs/call, calls, errors, syscall`. */
export function fsyncsIn(summary: string): Fsyncs {
  let [count, seconds] = [0, 0]
  for (const line of summary.split('\n')) {
    const [, total, , calls] = /^\s*[\d.]+\s+([\d.]+)\s+(\d+)\s+(\d+)\s+(?:\d+\s+)?(?:fsync|fdatasync)\s*$/.exec(line) ?? []
    seconds += Number(total ?? 0)
    count += Number(calls ?? 0)
  }
  return { count, ms: count === 0 ? 0 : (seconds / count) * 1000 }
}
