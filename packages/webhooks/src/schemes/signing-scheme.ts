/**
 * How a sender signs, as data. The same definition signs (`createSigner`, `sign`) and verifies (`verify`),
 * so the two sides cannot drift apart.
 */
export interface SigningScheme {
  readonly name: string
  readonly algorithm: HashAlgorithm
  /** How the digest is written into the header. */
  readonly encoding: 'hex' | 'base64'
  /** The header that carries the signature, spelled as its document spells it. */
  readonly header: string
  /** Other spellings that a sender uses for the same header; accepted, never sent. */
  readonly otherHeaders?: readonly string[]
  readonly layout: SignatureLayout
  /** What is signed, in order. */
  readonly signed: readonly SignedPart[]
  /** How the key of the HMAC comes out of the secret. */
  readonly secret: SecretEncoding
  readonly idHeader?: string
  readonly timestampHeader?: string
  readonly timestampUnit?: 'seconds' | 'milliseconds'
  /** How far the signed time may lie from our clock when the caller does not say; 300 s unless told. */
  readonly toleranceSeconds?: number
}

export type HashAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512'

export type SecretEncoding = 'utf8' | 'base64' | 'whsec-base64' | 'hex'

export type SignedPart = 'id' | 'timestamp' | 'body' | 'url' | { readonly literal: string }

/** How one or several signatures stand in the header. */
export type SignatureLayout =
  /** One signature: `sha256=…`. A sender known to write it in two ways has a second prefix that is accepted and never sent. */
  | { readonly kind: 'one'; readonly prefix: string; readonly alsoAcceptedPrefix?: string }
  /** Several in a row: `v1,… v1,…`. Ed25519 signatures stand in the same row under a prefix of their own. */
  | { readonly kind: 'list'; readonly separator: string; readonly prefix: string; readonly ed25519Prefix?: string }
  /** Named fields, the time among them: `t=…,v1=…,v1=…`. */
  | { readonly kind: 'fields'; readonly separator: string; readonly timestampField: string; readonly signatureField: string }

/** What a signature is made over. `timestamp` is the time of this attempt in unix seconds. */
export interface SignedMessage {
  id: string
  timestamp: number
  body: Uint8Array | string
  url?: string
}
