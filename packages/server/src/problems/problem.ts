/**
 * What goes wrong in a way the caller can mend, told in the words of RFC 9457: a stable `code` (docs/errors.md has an
 * entry for each), what happened (`detail`) and what to do next (`fix`). Everything else is a bug and stays an Error.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly fix: string
  readonly retryAfterSeconds: number | undefined
  readonly errors: readonly FieldError[] | undefined

  constructor(readonly code: ProblemCode, readonly detail: string, more: { fix?: string; retryAfterSeconds?: number; errors?: readonly FieldError[]; cause?: unknown } = {}) {
    super(`${code}: ${detail}`, { cause: more.cause })
    this.status = problemCodes[code].status
    this.fix = more.fix ?? problemCodes[code].fix
    this.retryAfterSeconds = more.retryAfterSeconds
    this.errors = more.errors
  }

  /** As it crosses a thread or the wire: plain values only. */
  toJSON(): ProblemDetails {
    return {
      type: `https://posthorn.dev/errors#${this.code}`,
      title: problemCodes[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.detail,
      fix: this.fix,
      ...(this.errors && { errors: this.errors }),
      ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
    }
  }

  static fromJSON(details: ProblemDetails): Problem {
    const { code, detail, fix, retryAfterSeconds, errors } = details
    return new Problem(code, detail, { fix, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }), ...(errors && { errors }) })
  }
}

/** Where in the request a value is wrong (`path` as in `endpoints.0.url`) and why. */
export interface FieldError { path: string; code: string; message: string }

export interface ProblemDetails {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail: string
  fix: string
  errors?: readonly FieldError[]
  retryAfterSeconds?: number
}

/** Every code the API answers with. docs/errors.md is written from this table, and a test compares the two. */
export const problemCodes = {
  not_json: { status: 400, title: 'The body is not JSON', fix: 'Send a JSON object as UTF-8, with content-type application/json.' },
  malformed_request: { status: 400, title: 'The request is malformed', fix: 'Check the method, the path and the headers against the API reference.' },
  missing_key: { status: 401, title: 'No API key', fix: 'Send the key as "Authorization: Bearer <key>".' },
  wrong_key: { status: 401, title: 'Unknown API key', fix: 'Check that the key is complete, not revoked, not expired, and belongs to this server.' },
  missing_scope: { status: 403, title: 'The key lacks a scope', fix: 'Use a key with the scope that the detail names.' },
  cross_site: { status: 403, title: 'The request does not come from the dashboard', fix: 'Use the dashboard of this server itself; programs send a key instead of a session.' },
  not_found: { status: 404, title: 'Not found', fix: 'Check the id, and that the key belongs to the same organization.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', fix: 'See the API reference for the methods of this path.' },
  request_timeout: { status: 408, title: 'The request did not come in time', fix: 'Send headers and body without long pauses.' },
  conflict: { status: 409, title: 'Conflicts with the present state', fix: 'Read the object again and decide from its present state.' },
  already_on_its_way: { status: 409, title: 'The delivery is already on its way', fix: 'Wait until it has succeeded or is dead, then replay it.' },
  endpoint_not_enabled: { status: 409, title: 'The endpoint is not enabled', fix: 'Enable or resume the endpoint first.' },
  not_held: { status: 409, title: 'The delivery cannot be released', fix: 'Only an undelivered delivery can be released.' },
  already_settled: { status: 409, title: 'The delivery has already ended', fix: 'Only an undelivered delivery can be discarded.' },
  payload_expired: { status: 409, title: 'The data of the event is gone', fix: 'Publish the event anew; what is older than the retention, or was erased, cannot be sent again.' },
  receipt_settled: { status: 409, title: 'There is nothing to receive again', fix: 'Only a refused receipt, or one whose owner nobody knew, can be replayed. Events of an accepted one are sent again by replaying their deliveries.' },
  receipt_refused: { status: 409, title: 'The stored request is not proven any more', fix: 'Add the secret that it was signed with to the source, then replay it.' },
  receipt_without_body: { status: 409, title: 'The body of the request was not kept', fix: 'Let the provider send it again.' },
  source_managed: { status: 409, title: 'The source is a setting of the server', fix: 'Change the setting, or take it away and make a source of your own.' },
  already_exists: { status: 409, title: 'Already exists', fix: 'Choose another id, or use the existing object.' },
  too_large: { status: 413, title: 'Too large', fix: 'Send less: 256 KiB an event, 5 MiB and 1,000 events a batch.' },
  invalid_request: { status: 422, title: 'The request is well-formed but wrong', fix: 'Correct the fields that "errors" names.' },
  unknown_field: { status: 422, title: 'Unknown field', fix: 'Remove the fields that "errors" names, or correct their spelling.' },
  repeated_field: { status: 422, title: 'A field stands twice', fix: 'Send each field once.' },
  too_deep: { status: 422, title: 'Nested too deeply', fix: 'Nest objects and arrays at most 64 levels deep.' },
  invalid_event_type: { status: 422, title: 'Not an event type', fix: 'Use letters, digits, "_" and "-" in parts joined by dots, at most 128 characters: order.created' },
  unknown_event_type: { status: 422, title: "Not in the organization's catalog", fix: 'Publish a type of the catalog, or set the organization\'s eventTypePolicy to "warn" or "off".' },
  invalid_event_id: { status: 422, title: 'Not an event id', fix: 'Use 1 to 64 letters, digits, "_" and "-".' },
  idempotency_conflict: { status: 422, title: 'The same key with another body', fix: 'Use a new Idempotency-Key (or event id) for a new request; repeat an old one unchanged.' },
  invalid_url: { status: 422, title: 'The endpoint URL is refused', fix: 'Use a public https URL.' },
  invalid_headers: { status: 422, title: 'An extra header is refused', fix: 'Correct the header that the detail names.' },
  invalid_retry_policy: { status: 422, title: 'Not a retry policy', fix: 'Use a named policy, {"schedule": ["0s", "5s", …]} or {"exponential": {first, factor, max, attempts}}.' },
  invalid_secret: { status: 422, title: 'The signing secret is refused', fix: 'Bring a secret that the format can use, or leave it out and one is made.' },
  headers_too_large: { status: 431, title: 'The headers are too large', fix: 'Send fewer or shorter headers.' },
  source_paused: { status: 503, title: 'The source is paused', fix: 'Resume the source; until then providers send again later.' },
  overloaded: { status: 503, title: 'Too many requests wait for the database', fix: 'Repeat the request after the time in Retry-After.' },
  unavailable: { status: 503, title: 'The database is away or full', fix: 'Repeat the request after the time in Retry-After; nothing was stored.' },
  internal: { status: 500, title: 'A bug of ours', fix: 'Nothing of the request was stored unless you can see it; please report the request id.' },
} as const satisfies Record<string, { status: number; title: string; fix: string }>

export type ProblemCode = keyof typeof problemCodes
