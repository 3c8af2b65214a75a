import type { ProblemCode } from '../../problems/problem.js'

export interface Refusing { method: string; path: string; operationId: string; hasBody: boolean; hasQuery: boolean }

/** Every code that an operation may be refused with: those of its kind, and its own. */
export function codesOf({ method, path, operationId, hasBody, hasQuery }: Refusing): ProblemCode[] {
  const codes: ProblemCode[] = [
    ...everywhere,
    ...(path.includes('{') ? ['not_found'] as const : []),
    ...(method === 'get' ? [] : ['cross_site'] as const),
    ...(hasQuery ? ['invalid_request', 'unknown_field'] as const : []),
    ...(hasBody ? ['not_json', 'request_timeout', 'too_large', 'invalid_request', 'unknown_field', 'repeated_field', 'too_deep'] as const : []),
    ...(method === 'post' ? ['invalid_request', 'idempotency_conflict'] as const : []),
    ...ownCodes[operationId] ?? [],
  ]
  return [...new Set(codes)]
}

const everywhere = ['malformed_request', 'missing_key', 'wrong_key', 'missing_scope', 'headers_too_large', 'internal', 'unavailable', 'overloaded'] as const

const newEndpoint = ['invalid_url', 'invalid_headers', 'invalid_secret', 'invalid_retry_policy'] as const
const published = ['invalid_event_type', 'unknown_event_type', 'invalid_event_id'] as const

/** What follows from the meaning of an operation and not from its shape. */
const ownCodes: Readonly<Record<string, readonly ProblemCode[]>> = {
  createOrganization: ['already_exists', 'invalid_url', 'invalid_retry_policy'],
  updateOrganization: ['invalid_url', 'invalid_retry_policy', 'invalid_secret'],
  createEndpoint: newEndpoint,
  updateEndpoint: [...newEndpoint, 'conflict'],
  deleteEndpoint: ['conflict'],
  pauseEndpoint: ['conflict'],
  resumeEndpoint: ['conflict'],
  enableEndpoint: ['conflict'],
  testEndpoint: ['endpoint_not_enabled'],
  rotateSigningSecret: ['invalid_secret', 'conflict'],
  finishRotation: ['conflict'],
  publishEvent: published,
  publishEvents: [],
  makeSamples: ['invalid_headers'],
  proveAttempt: ['payload_expired'],
  replayDelivery: ['already_on_its_way', 'payload_expired', 'conflict'],
  releaseDelivery: ['endpoint_not_enabled', 'not_held'],
  discardDelivery: ['already_settled'],
  cancelReplay: ['conflict'],
  createSource: ['already_exists'],
  createSourceLink: ['not_found'],
  updateSource: ['source_managed', 'conflict'],
  deleteSource: ['source_managed'],
  replayReceipt: ['receipt_settled', 'receipt_refused', 'receipt_without_body', 'conflict'],
}
