import { parseRetryAfter } from '../retry-policies/retry-after.js'

/** Why an attempt failed before there was an answer to speak of; `http` is an answer that is not a success. */
export const errorClasses = ['dns', 'connect', 'tls', 'timeout', 'refused_address', 'http'] as const
export type ErrorClass = (typeof errorClasses)[number]

/** What an endpoint's answer, or its absence, means for the delivery. */
export type Outcome =
  | { kind: 'accepted' }
  | { kind: 'gone' }
  | { kind: 'failed'; errorClass: ErrorClass; retryAfterMs?: number | undefined }

/**
 * Judges an answer by its status line: 2xx in time is a success whatever becomes of the body; 410 ends the delivery and
 * disables the endpoint; everything else is tried again, redirects (never followed) and 4xx too, because a receiver also
 * answers 401 while its secret is being changed. 429 and 503 may say how long to wait.
 */
export function judgeAnswer(status: number, retryAfter: string | undefined, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  if (status === 410) return { kind: 'gone' }
  const mayAskForTime = status === 429 || status === 503
  return { kind: 'failed', errorClass: 'http', retryAfterMs: mayAskForTime && retryAfter !== undefined ? parseRetryAfter(retryAfter, nowMs) : undefined }
}
