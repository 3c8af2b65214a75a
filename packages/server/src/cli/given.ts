import type { Terminal } from './terminal.js'

/** What a command finds around it. The entry file hands it in, so that nothing else touches the process. */
export interface Given {
  env: Readonly<Record<string, string | undefined>>
  /** Where the command was started: configuration is looked for there. */
  folder: string
  terminal: Terminal
  /** Calls back at every SIGINT and SIGTERM. */
  onSignal(callback: (signal: StopSignal) => void): void
  /** Ends the process at once, whatever is going on. */
  exitNow(code: number): void
}

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** The flags of a command, as the parser gives them. */
export type Flags = Readonly<Record<string, unknown>>
