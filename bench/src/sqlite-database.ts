import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Child } from './child.js'
import type { BenchDatabase, Cost, DatabaseWork } from './database.js'
import type { DatabaseFileCommands } from './database-file.js'

/** A file in the stage's folder. What is done to it is done in a process of its own, so that the bench's stays out of the way. */
export class SqliteDatabase implements BenchDatabase {
  readonly kind = 'sqlite'
  readonly pids: readonly number[] = []
  readonly #file: string
  readonly #child = new Child<DatabaseFileCommands>('./database-file.js')

  constructor(folder: string) {
    this.#file = join(folder, 'posthorn.db')
  }

  get url(): string { return `sqlite:${this.#file}` }

  seedHistory(deliveries: number): Promise<void> {
    return this.#child.ask('seedHistory', { file: this.#file, deliveries })
  }

  checkpoint(): Promise<Cost> {
    return this.#child.ask('checkpoint', { file: this.#file })
  }

  /** A gigabyte that the system has yet to write would hold up the syncs. */
  async settleDown(): Promise<void> {
    await promisify(execFile)('sync')
  }

  async kill(): Promise<void> { /* it has no process: it is as the node that wrote to it has left it */ }

  async start(): Promise<void> { /* likewise */ }

  async work(): Promise<DatabaseWork | undefined> { return undefined }

  close(): Promise<void> { return this.#child.end() }
}
