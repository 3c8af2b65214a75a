import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.js'

/** What a figure depends on besides the code. */
export interface Machine {
  cpu: string
  cores: number
  memoryMb: number
  system: string
  node: string
  /** The commit that was measured, with `+changes` when the working tree differs from it. */
  commit: string
  /** Median of a 4 KiB append with fdatasync in the data folder, in milliseconds. */
  fdatasyncMs: number
  /** Load average of the last minute when the bench began: near 0 on a quiet machine. */
  loadAtStart: number
}

export function describeMachine(dataFolder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    commit: commit(),
    fdatasyncMs: fdatasyncMs(join(dataFolder, `posthorn-bench-probe-${process.pid}`)),
    loadAtStart: Number(loadavg()[0]?.toFixed(2)),
  }
}

function commit(): string {
  try {
    const folder = new URL('.', import.meta.url)
    const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+changes')
  } catch {
    return 'unknown'
  }
}

function fdatasyncMs(file: string): number {
  const page = Buffer.alloc(4096, 1)
  const opened = openSync(file, 'w')
  const times = Array.from({ length: 100 }, () => {
    const startedAt = performance.now()
    writeSync(opened, page)
    fdatasyncSync(opened)
    return performance.now() - startedAt
  })
  closeSync(opened)
  rmSync(file)
  return Number(median(times).toFixed(3))
}
