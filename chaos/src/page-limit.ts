import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { controlVariable } from './page-limit-control.js'
import type { FullDisk } from './full-disk.js'

/**
 * Where nothing may be mounted: SQLite itself is told that its file may grow no further (`max_page_count`), and answers
 * SQLITE_FULL as on a disk that is full. The node is started with a few lines of ours beside it that see to that.
 */
export class PageLimit implements FullDisk {
  readonly what = 'SQLite\'s max_page_count; no small disk was mounted'
  readonly env: Record<string, string>
  readonly #file: string

  constructor(folder: string) {
    this.#file = join(folder, 'full')
    this.env = { NODE_OPTIONS: `--import ${new URL('./page-limit-preload.js', import.meta.url).href}`, [controlVariable]: this.#file }
  }

  fill(): void {
    writeFileSync(this.#file, '')
  }

  makeRoom(): void {
    rmSync(this.#file, { force: true })
  }

  remove(): void {
    this.makeRoom()
  }
}
