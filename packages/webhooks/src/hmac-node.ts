import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { HashAlgorithm } from './schemes/signing-scheme.js'

/** HMAC on Node, synchronous: a quarter of what WebCrypto costs. `hmac-web.ts` says the same elsewhere. */
export interface HmacKey { readonly algorithm: HashAlgorithm; readonly key: KeyObject }

/** Prepared once for each secret; a key that is imported again at every call costs as much as the HMAC. */
export function hmacKey(algorithm: HashAlgorithm, bytes: Uint8Array): HmacKey {
  return { algorithm, key: createSecretKey(bytes) }
}

export function hmac({ algorithm, key }: HmacKey, data: Uint8Array): Uint8Array {
  return createHmac(algorithm, key).update(data).digest()
}

export function digestSha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}

/** Takes the same time wherever the difference is. Lengths are no secret and are compared first. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
