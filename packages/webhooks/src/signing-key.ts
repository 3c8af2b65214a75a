import { fromBase64, fromHex, utf8 } from './encoding.js'
import type { SecretEncoding, SigningScheme } from './schemes/signing-scheme.js'

/** The key bytes that a secret stands for, or undefined when it cannot be read that way or is empty: an HMAC under an empty key proves nothing. */
export function hmacKeyBytes(encoding: SecretEncoding, secret: string): Uint8Array | undefined {
  const bytes = decoded(encoding, secret)
  return bytes === undefined || bytes.length === 0 || secret.trim() === '' ? undefined : bytes
}

/** The 32-byte seed of a `whsk_…` private key. Both spellings in use are read: the seed alone, and the seed with the public key after it. */
export function ed25519Seed(secret: string): Uint8Array | undefined {
  const bytes = secret.startsWith('whsk_') ? fromBase64(secret.slice('whsk_'.length)) : undefined
  return bytes?.length === 32 || bytes?.length === 64 ? bytes.slice(0, 32) : undefined
}

/** The 32 bytes of a `whpk_…` public key. */
export function ed25519PublicKey(secret: string): Uint8Array | undefined {
  const bytes = secret.startsWith('whpk_') ? fromBase64(secret.slice('whpk_'.length)) : undefined
  return bytes?.length === 32 ? bytes : undefined
}

export function canSignEd25519(scheme: SigningScheme): boolean {
  return scheme.layout.kind === 'list' && scheme.layout.ed25519Prefix !== undefined
}

function decoded(encoding: SecretEncoding, secret: string): Uint8Array | undefined {
  switch (encoding) {
    case 'utf8': return utf8(secret)
    case 'hex': return fromHex(secret.trim())
    case 'base64':
    case 'whsec-base64': return fromBase64(secret.trim().replace(/^whsec_/, ''))
  }
}
