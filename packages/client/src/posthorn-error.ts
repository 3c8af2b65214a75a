import type { components } from './generated/api.js'

/** The codes that a server answers with, and those of requests that got no answer it could have given. */
export type PosthornErrorCode = components['schemas']['ProblemCode'] | 'network' | 'timeout' | 'unexpected_answer'

/** Where in the request a value is wrong (`path` as in `endpoints.0.url`) and why. */
export interface FieldError { path: string; code: string; message: string }

/**
 * What went wrong, in words that do not change (`code`), in a sentence (`detail`), and what to do next (`fix`).
 *
 * ```ts
 * catch (error) {
 *   if (error instanceof PosthornError && error.code === 'already_exists') return
 *   throw error
 * }
 * ```
 */
export class PosthornError extends Error {
  override readonly name = 'PosthornError'
  /** Codes of servers newer than this client are possible too. */
  readonly code: PosthornErrorCode | (string & {})
  /** Of the answer; 0 where there was none. */
  readonly status: number
  readonly detail: string
  readonly fix: string
  readonly errors: readonly FieldError[]
  readonly requestId: string | undefined
  /** When the server asked to come again. */
  readonly retryAfterMs: number | undefined

  constructor({ code, status, detail, fix, errors, requestId, retryAfterMs, cause }: PosthornErrorParts) {
    super(`${code}: ${detail} ${fix}`.trim(), cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.detail = detail
    this.fix = fix
    this.errors = errors ?? []
    this.requestId = requestId
    this.retryAfterMs = retryAfterMs
  }
}

export interface PosthornErrorParts {
  code: PosthornErrorCode | (string & {})
  status: number
  detail: string
  fix: string
  errors?: readonly FieldError[]
  requestId?: string | undefined
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** The error that an answer tells. */
export function errorOfAnswer({ status, headers, text }: { status: number; headers: Headers; text: string }, now: number): PosthornError {
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now)
  const problem = readProblem(text)
  if (problem !== undefined) return new PosthornError({ ...problem, status, requestId, retryAfterMs })
  return new PosthornError({
    code: 'unexpected_answer', status, requestId, retryAfterMs,
    detail: `The answer ${status} is none of Posthorn's: ${text.slice(0, 200)}`,
    fix: 'Check the URL of the server, and what stands between it and here.',
  })
}

/** `Retry-After` in milliseconds: seconds, or a date. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function readProblem(text: string): Pick<PosthornErrorParts, 'code' | 'detail' | 'fix' | 'errors'> | undefined {
  try {
    const { code, detail, fix, errors } = JSON.parse(text) as Record<string, unknown>
    if (typeof code !== 'string' || typeof detail !== 'string') return undefined
    return { code, detail, fix: typeof fix === 'string' ? fix : '', errors: Array.isArray(errors) ? errors as FieldError[] : [] }
  } catch {
    return undefined
  }
}
