import { digestOf } from '../events/publish-request.js'
import { Problem } from '../problems/problem.js'
import type { Claim } from '../idempotency/once.js'

/** The Idempotency-Key of a request, if it has one. */
export function idempotencyKey(header: string | null | undefined): string | undefined {
  if (header === null || header === undefined) return undefined
  if (header.length >= 1 && header.length <= 255 && /^[\x20-\x7e]+$/.test(header)) return header
  const message = 'is not 1 to 255 printable ASCII characters'
  throw new Problem('invalid_request', `The Idempotency-Key ${message}.`, { errors: [{ path: 'Idempotency-Key', code: 'invalid_header', message }] })
}

/** The same request has the same path and the same body, to the byte. */
export function claimOf(key: string | undefined, scope: string, path: string, body: string): Claim | undefined {
  return key === undefined ? undefined : { scope, key, digest: digestOf(`${path}\n${body}`) }
}
