/** The database cannot be reached, is restarting, or can take nothing more: the same work may succeed later. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'

  /** `isOutcomeUnknown`: the connection was cut between COMMIT and its reply, so the transaction may have been stored. */
  constructor(cause: Error, readonly isOutcomeUnknown: boolean) {
    // A connection refused at each of several addresses has no message of its own.
    const reason = cause.message || (cause as Error & { code?: string }).code || cause.name
    super(isOutcomeUnknown ? `Whether the database stored this is not known: ${reason}` : `The database is away: ${reason}`, { cause })
  }
}

/** The primary result codes of SQLite that mean busy, away or full (https://sqlite.org/rescode.html). */
const sqliteAwayCodes: Readonly<Record<number, string>> = { 5: 'SQLITE_BUSY', 6: 'SQLITE_LOCKED', 8: 'SQLITE_READONLY', 10: 'SQLITE_IOERR', 13: 'SQLITE_FULL', 14: 'SQLITE_CANTOPEN' }

/** The name of a SQLite error that means that the same work may succeed later. */
export function sqliteAwayCode(error: unknown): string | undefined {
  const { errcode } = error as { errcode?: number }
  return errcode === undefined ? undefined : sqliteAwayCodes[errcode & 0xff]
}

/** Whether the database is to blame, where the error was thrown; else it is what the statement was given. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DatabaseAway || sqliteAwayCode(error) !== undefined
}

/** Whether what failed may have been stored all the same. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseAway && error.isOutcomeUnknown
}
