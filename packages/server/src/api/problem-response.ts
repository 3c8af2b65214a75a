import { Problem } from '../problems/problem.js'
import { DatabaseAway } from '../storage/database-away.js'
import type { Log } from '../observability/log.js'

/** Renders a problem as RFC 9457 says. */
export function problemResponse(problem: Problem, more: Record<string, string> = {}): Response {
  const { status, headers, body } = problemAnswer(problem)
  return new Response(body, { status, headers: { ...headers, ...more } })
}

/** The parts of a problem's answer, for whoever writes it without a Response. */
export function problemAnswer(problem: Problem): { status: number; headers: Record<string, string>; body: string } {
  const { retryAfterSeconds, ...details } = problem.toJSON()
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
    },
    body: JSON.stringify(details),
  }
}

/** The problem that an error is to the caller. What is none is a bug: it is told to the log, and to the caller only that it is one. */
export function asProblem(error: unknown, log: Pick<Log, 'error'>): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DatabaseAway && error.isOutcomeUnknown) {
    return new Problem('unavailable', 'The connection to the database was cut; whether this was stored is not known.', {
      retryAfterSeconds: 5, cause: error, fix: 'Look whether it was stored, or repeat the request under the same Idempotency-Key after the time in Retry-After.',
    })
  }
  if (error instanceof DatabaseAway || isSqliteAway(error)) return new Problem('unavailable', 'The database cannot be written to right now.', { retryAfterSeconds: 5, cause: error })
  log.error('api.bug', { error })
  return new Problem('internal', 'Something went wrong that should not have.', { cause: error })
}

/** SQLite: busy, full, read-only or an I/O error. */
function isSqliteAway(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && /^SQLITE_(?:BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN)$/.test(code)
}
