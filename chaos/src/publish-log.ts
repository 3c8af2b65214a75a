import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** A publish that was answered with 2xx. */
export interface Accepted { organization: string; publisher: number; serial: string; id: string; acceptedAt: number; triedAt: number }

/** What publishers were promised, written down durably before anything else happens: the debit side of the ledger. */
export class PublishLog {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  accepted(entry: Accepted): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
