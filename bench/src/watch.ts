import { type Usage, usageOf } from './processes.js'

/** What a watched process used between the start of the watch and its end. */
export interface Watched {
  seconds: number
  cpuUs: number
  writtenBytes: number
  /** The most that was seen, four times a second. */
  residentBytes: number
}

/** Watches a process tree from now on; the function given back ends the watch. */
export function watch(pid: number): () => Watched {
  const before = usageOf(pid)
  const startedAt = performance.now()
  let residentBytes = before.residentBytes
  const timer = setInterval(() => look(usageOf(pid)), 250)

  function look(usage: Usage): void {
    residentBytes = Math.max(residentBytes, usage.residentBytes)
  }

  return () => {
    clearInterval(timer)
    const after = usageOf(pid)
    look(after)
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cpuUs: after.cpuUs - before.cpuUs,
      writtenBytes: after.writtenBytes - before.writtenBytes,
      residentBytes,
    }
  }
}
