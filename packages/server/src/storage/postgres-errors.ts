import { DatabaseAway } from './database-away.js'

/** What PostgreSQL, its driver or the network said, as the rest of Posthorn tells such things apart. */
export function asDatabaseError(error: unknown, { isCommitUnderWay = false }: { isCommitUnderWay?: boolean } = {}): Error {
  const { code, message } = error as Error & { code?: string }
  const isAway = isCut(code, message) || (code !== undefined && awayCodes.test(code))
  return isAway ? new DatabaseAway(error as Error, isCommitUnderWay && isCut(code, message)) : error as Error
}

/** Two transactions met in a way that only one could win; the other may simply be run again from its beginning. */
export function maySucceedAtOnce(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === serializationFailure || code === deadlockDetected || isForgotten(error)
}

/**
 * The server knows a prepared statement no more, or not as it was: its tables were altered, or somebody let go of all its
 * statements. Nothing was done; on a new connection it is prepared anew.
 */
export function isForgotten(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return code === '26000' || code === '42P05' || (code === '0A000' && message?.startsWith('cached plan') === true)
}

/** A row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === uniqueViolation
}

const uniqueViolation = '23505'
const serializationFailure = '40001'
const deadlockDetected = '40P01'

/** 53: out of disk, memory or connections. 55P03, 57014: waited too long for another. 25006: this server only reads, as after a failover. 58030: I/O error. */
const awayCodes = /^(53|55P03$|57014$|25006$|58030$)/

/** 08: the connection. 57P01 to 57P05: the server shuts down, starts, or ended the session. 25P03: so did it for idling in a transaction. */
const cutCodes = /^(08|57P0[1-5]$|25P03$|ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOST|ENET)/

/** The driver gives these no code. */
const cutMessages = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end)/

function isCut(code: string | undefined, message: string): boolean {
  return (code !== undefined && cutCodes.test(code)) || cutMessages.test(message)
}
