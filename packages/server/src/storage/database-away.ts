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
