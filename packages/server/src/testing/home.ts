import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Database } from '../storage/database.js'

/** Where a test's database lives, and how it becomes an empty one. */
export interface Home {
  /** An empty database with the newest schema, whose `now` is what `clock` says. */
  begin(clock: () => number): Promise<Database>
  end(): Promise<void>
  /** After the last test of a file. */
  leave(): Promise<void>
  store(clock: Clock): Promise<Store>
  /** A file, or a URL. */
  readonly place: string
}
