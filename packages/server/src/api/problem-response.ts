import { Problem } from '../problems/problem.js'
import type { Log } from '../observability/log.js'

/** Renders a problem as RFC 9457 says. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  const { retryAfterSeconds, ...details } = problem.toJSON()
  return new Response(JSON.stringify(details), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...headers,
    },
  })
}

/** The problem that an error is to the caller. What is none is a bug: it is told to the log, and to the caller only that it is one. */
export function asProblem(error: unknown, log: Pick<Log, 'error'>): Problem {
  if (error instanceof Problem) return error
  if (isDatabaseAway(error)) return new Problem('unavailable', 'The database cannot be written to right now.', { retryAfterSeconds: 5, cause: error })
  log.error('api.bug', { error })
  return new Problem('internal', 'Something went wrong that should not have.', { cause: error })
}

/** SQLite: busy, full, read-only or an I/O error. PostgreSQL: no connection, shutting down, out of something. */
function isDatabaseAway(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && /^(?:SQLITE_(?:BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08\w{3}|53\w{3}|57P0\d)$/.test(code)
}
