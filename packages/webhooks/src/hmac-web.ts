import type { HashAlgorithm } from './schemes/signing-scheme.js'

/** HMAC where there is no node:crypto: Workers, Deno, browsers. */
export interface HmacKey { readonly key: Promise<CryptoKey> }

type CryptoKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>

export function hmacKey(algorithm: HashAlgorithm, bytes: Uint8Array): HmacKey {
  const hash = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' }[algorithm]
  return { key: globalThis.crypto.subtle.importKey('raw', bytes.slice(), { name: 'HMAC', hash }, false, ['sign']) }
}

export async function hmac({ key }: HmacKey, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', await key, data.slice()))
}

export async function digestSha256(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', data.slice()))
}

/** Takes the same time wherever the difference is. Lengths are no secret and are compared first. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ b[at]!
  return difference === 0
}
