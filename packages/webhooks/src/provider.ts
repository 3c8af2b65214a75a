import type { Received } from './received-request.js'
import type { Handshake, Item, Refused } from './verdict.js'
import type { VerifyOptions } from './verify-options.js'

/** One sender: how a request proves that it comes from there, and what it then says. */
export interface Provider {
  /** Handshakes that come before any signature (Meta's GET challenge). */
  greet?(request: Received, settings: Settings): Handshake | Refused | undefined
  check(request: Received, settings: Settings): Promise<Proof | Refused>
  read(request: Received, proof: Proof): Reading | Promise<Reading>
  /** How far the signed time may lie from our clock where the caller does not say. */
  readonly toleranceSeconds?: number
}

/** The options with their defaults filled in. */
export interface Settings extends Omit<VerifyOptions, 'scheme' | 'secrets'> {
  readonly secrets: readonly string[]
  readonly now: number
  readonly toleranceSeconds: number
}

/** What stayed of a successful check. */
export interface Proof {
  ok: true
  /** An HMAC under the secret that matched, for handshakes that ask for one. */
  sign?(text: string): Promise<Uint8Array> | Uint8Array
  replayId?: string
}

export interface Reading {
  dedupeId?: string
  type?: string
  items?: Item[]
  handshake?: Handshake
  isDedupeIdSigned?: boolean
}
