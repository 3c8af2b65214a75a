import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all its descendants have used since they began (CPU, writes) and hold now (memory). */
export interface Usage {
  /** User and system time of every thread, and of children that have ended, in microseconds; the kernel counts in steps of 10 ms. */
  cpuUs: number
  residentBytes: number
  /** Bytes that had to go to storage, as /proc/<pid>/io counts them. */
  writtenBytes: number
}

const clockTicksPerSecond = 100

/** Of several processes together. Reads /proc, so it works on Linux only; a process that has ended meanwhile counts as nothing. */
export function usageOf(pids: readonly number[]): Usage {
  const sum: Usage = { cpuUs: 0, residentBytes: 0, writtenBytes: 0 }
  for (const each of pids.flatMap(withDescendants)) {
    const stat = read(`/proc/${each}/stat`)
    const status = read(`/proc/${each}/status`)
    if (stat === undefined || status === undefined) continue
    sum.cpuUs += cpuUsIn(stat)
    sum.residentBytes += residentBytesIn(status)
    sum.writtenBytes += writtenBytesIn(read(`/proc/${each}/io`) ?? '')
  }
  return sum
}

/** utime, stime, cutime and cstime: fields 14 to 17. The name in field 2 may hold spaces and parentheses. */
export function cpuUsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return (ticks / clockTicksPerSecond) * 1e6
}

export function residentBytesIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

export function writtenBytesIn(io: string): number {
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? 0)
}

/** The processes that this one has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter((each) => each.trim() !== '').map(Number))
}

function withDescendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(withDescendants)]
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
