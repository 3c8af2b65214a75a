import type { HashAlgorithm, SecretEncoding, SignedPart, SigningScheme } from './schemes/signing-scheme.js'
import type { SchemeName } from './scheme-name.js'

/** What `verify` needs to know besides the request. An option that is undefined is as if it were left out. */
export interface VerifyOptions {
  /** Who sends, by name; or a definition of one's own. */
  scheme: SchemeName | SigningScheme
  /** All secrets that count, the old and the new while one is rotated. Empty where the scheme has none (PayPal, SendGrid). */
  secrets?: readonly string[]
  /** Our clock in unix seconds; the real one by default. */
  now?: number
  /** How far the signed time may lie from our clock, to either side. */
  toleranceSeconds?: number
  /** Secrets of other senders, by name. Only to tell a developer that the wrong one was configured; they never make a request valid. */
  otherSecrets?: Readonly<Record<string, readonly string[]>>

  /** Square: the notification URL exactly as it stands in the dashboard. It is part of what is signed. */
  notificationUrl?: string
  /** Twilio: the URL exactly as Twilio was told it. Never taken from `Host`. */
  publicUrl?: string
  /** Meta: the token of the GET challenge. */
  verifyToken?: string
  /** SendGrid: the verification key, base64. */
  publicKey?: string

  /** PayPal: the id of the webhook this URL was registered under. */
  webhookId?: string
  /** PayPal: gets a certificate; `fetch` by default. */
  fetchCertificate?: (url: string) => Promise<string> | string
  /** PayPal: the roots to trust, PEM; Node's own by default. */
  trustAnchors?: readonly string[]
  /** PayPal: certificates between PayPal's and a root, PEM. */
  intermediates?: readonly string[]

  /** Better Data: what is signed. Left out, both are tried. */
  variant?: 'body' | 'timestamped'
  /** Better Data, generic: the header that carries the time. */
  timestampHeader?: string
  /** Standard Webhooks family and generic: how the key comes out of the secret. */
  secretEncoding?: SecretEncoding

  /** generic: the header that carries the signature. The rest has a default: sha256, hex, no prefix, the body alone. */
  header?: string
  algorithm?: HashAlgorithm
  encoding?: 'hex' | 'base64'
  prefix?: string
  signedParts?: readonly SignedPart[]
  idHeader?: string
  timestampUnit?: 'seconds' | 'milliseconds'
}
