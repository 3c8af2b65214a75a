/** What `verify` found. `reason` is written for the developer who has to act on it. */
export type Verdict = Accepted | Refused

export interface Accepted {
  ok: true
  /** What to drop duplicates by: the sender's own id of this event. Undefined where the sender gives none. */
  dedupeId?: string
  type?: string
  /** The parts of a batch, each with an id and type of its own. */
  items?: Item[]
  /** The request was no event but the sender making sure of us: answer exactly this. */
  handshake?: Handshake
  /**
   * True when the signature covers `dedupeId`. Where it is false, whoever holds one captured request can send it again
   * under another id, so drop duplicates by a digest of the body as well.
   */
  isDedupeIdSigned?: boolean
  /** What the signature does cover where it does not cover the whole body (PayPal's transmission id, Mailgun's token). Accept each once. */
  replayId?: string
}

export interface Item {
  dedupeId?: string
  type?: string
}

export interface Handshake {
  status: number
  contentType: string
  body: string
}

export interface Refused {
  ok: false
  code: RefusalCode
  reason: string
}

/** Every code that a refusal may carry. Each has its entry in the README. */
export const refusalCodes = [
  'missing_header', 'malformed_header', 'malformed_body', 'signature_mismatch', 'timestamp_too_old', 'timestamp_in_future',
  'unsigned', 'handshake_refused', 'secret_missing', 'secret_unusable', 'option_missing', 'option_unusable',
  'scheme_unknown', 'body_not_bytes', 'cert_url_refused', 'cert_unavailable', 'cert_malformed', 'cert_expired',
  'cert_untrusted', 'needs_node', 'unreadable',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

export const refused = (code: RefusalCode, reason: string): Refused => ({ ok: false, code, reason })
