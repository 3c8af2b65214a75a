import { usageOf } from './processes.js'

/** What a watched process used between the start of the watch and its end. */
export interface Watched {
  seconds: number
  cpuUs: number
  writtenBytes: number
  /** The most that any node held, looked at four times a second. */
  residentBytes: number
}

/** Processes, each with its descendants. */
export interface WatchedProcesses {
  nodes: readonly number[]
  /** A database's own: what they use counts as well, but not the memory that they share among each other. */
  database: readonly number[]
}

/** Watches processes from now on; the function given back ends the watch. */
export function watch({ nodes, database }: WatchedProcesses): () => Watched {
  const all = [...nodes, ...database]
  const before = usageOf(all)
  const startedAt = performance.now()
  let residentBytes = 0
  const timer = setInterval(look, 250)

  function look(): void {
    residentBytes = Math.max(residentBytes, ...nodes.map((pid) => usageOf([pid]).residentBytes))
  }

  return () => {
    clearInterval(timer)
    const after = usageOf(all)
    look()
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cpuUs: after.cpuUs - before.cpuUs,
      writtenBytes: after.writtenBytes - before.writtenBytes,
      residentBytes,
    }
  }
}
