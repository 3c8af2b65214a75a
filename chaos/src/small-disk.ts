import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FullDisk } from './full-disk.js'

const mebibytes = 64

/** A disk of a few megabytes, in memory, that can be filled to its last byte. */
export class SmallDisk implements FullDisk {
  readonly what = `a tmpfs of ${mebibytes} MiB, filled to its last byte`
  readonly env = {}

  private constructor(private readonly folder: string) {}

  /** Undefined where this process may mount nothing. */
  static mount(folder: string): SmallDisk | undefined {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'posthorn-chaos', folder], { stdio: 'ignore' })
      return new SmallDisk(folder)
    } catch {
      return undefined
    }
  }

  /** Nothing more can be written: whoever needs a page gets ENOSPC. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'w')
    try {
      for (let size = 1 << 20; size >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) size >>= 1
        } catch {
          size >>= 1
        }
      }
    } finally {
      closeSync(file)
    }
  }

  makeRoom(): void {
    rmSync(join(this.folder, 'filler'), { force: true })
  }

  remove(): void {
    try { execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' }) } catch { /* it is gone with the machine at the latest */ }
  }
}
