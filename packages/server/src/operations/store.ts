import type { Commands } from './commands.js'
import type { Queries } from './queries.js'

type InputOf<Operation> = Operation extends (db: never, input: infer Input, ...rest: never[]) => unknown ? Input : never
type OutputOf<Operation> = Operation extends (...args: never[]) => Promise<infer Output> ? Output : never

/**
 * The database as the rest of the process sees it: named operations, each one all or nothing. They are plain functions
 * `(db, input) => Promise<output>` of the domain; on SQLite they run in a thread beside the file, so input and output are
 * plain values.
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** Changes something. Fulfilled means: on stable storage. */
  command<Name extends keyof Commands>(name: Name, input: InputOf<Commands[Name]>): Promise<OutputOf<Commands[Name]>>
  /** Reads, beside the writer and never in its way. Sees every command that was fulfilled before. */
  query<Name extends keyof Queries>(name: Name, input: InputOf<Queries[Name]>): Promise<OutputOf<Queries[Name]>>
  /** For how long the thread that writes has worked so far, in milliseconds; without one there is none. */
  writerActiveMs?(): number
  close(): Promise<void>
}
