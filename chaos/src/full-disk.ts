/** A disk that can be made full, so that SQLite gets no further page, and given space again. */
export interface FullDisk {
  /** How it is made full, for the ledger. */
  readonly what: string
  /** What a node has to be started with. */
  readonly env: Record<string, string>
  fill(): void
  makeRoom(): void
  remove(): void
}
