/** Milliseconds of wall clock and microseconds of CPU. */
export interface Cost {
  ms: number
  cpuUs: number
}

/** What the product keeps its data in, as far as the bench has to do with it. */
export interface BenchDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly url: string
  /** Processes of its own, whose CPU counts as the product's. */
  readonly pids: readonly number[]
  /** Adds so many settled deliveries, each with its event and its attempt, while no node runs. */
  seedHistory(deliveries: number): Promise<void>
  /** Does what a run has left for later, while no node runs. */
  checkpoint(): Promise<Cost>
  /** Does so while nodes run, as far as it can: what was gathered in a rush is not to fall into what is measured next. */
  settleDown(): Promise<void>
  /** As a crash would end it; nothing to do where it has no process of its own. */
  kill(): Promise<void>
  start(): Promise<void>
  /** What it has counted so far; undefined where it counts nothing. Whole only once no node is connected. */
  work(): Promise<DatabaseWork | undefined>
  close(): Promise<void>
}

/** Counts since the database was made. */
export interface DatabaseWork {
  statements: number
  transactions: number
  walBytes: number
  fsyncs: number
  /** Of events, deliveries and attempts: what every delivery costs. */
  rowsInserted: number
  rowsUpdated: number
  /** Of all other tables, however they were changed: they go by the batch. */
  otherRows: number
}

/** What was counted in between. */
export function workBetween(before: DatabaseWork, after: DatabaseWork): DatabaseWork {
  const since = (name: keyof DatabaseWork): number => after[name] - before[name]
  return {
    statements: since('statements'), transactions: since('transactions'), walBytes: since('walBytes'), fsyncs: since('fsyncs'),
    rowsInserted: since('rowsInserted'), rowsUpdated: since('rowsUpdated'), otherRows: since('otherRows'),
  }
}
