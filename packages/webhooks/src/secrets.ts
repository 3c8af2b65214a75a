import { base64 } from './encoding.js'
import { signingSchemes, type SigningSchemeName } from './schemes/signing-schemes.js'
import type { SigningScheme } from './schemes/signing-scheme.js'
import { canSignEd25519, ed25519Seed, hmacKeyBytes } from './signing-key.js'
import { WebhookError } from './webhook-error.js'

/** A new signing secret: `whsec_` and 32 random bytes in base64. It works for every scheme. */
export function generateSecret(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < 24 || bytes > 64) {
    throw new WebhookError('secret_size', {
      message: `A signing secret of ${bytes} bytes was asked for.`,
      fix: 'Ask for 24 to 64 bytes, as Standard Webhooks requires.',
    })
  }
  return `whsec_${base64(globalThis.crypto.getRandomValues(new Uint8Array(bytes)))}`
}

/** Why this secret cannot sign under this scheme, in words; undefined when it can. For secrets that someone brings along. */
export function secretProblem(scheme: SigningScheme | SigningSchemeName, secret: string): string | undefined {
  const definition = typeof scheme === 'string' ? signingSchemes[scheme] : scheme
  if (secret === '') return 'The secret is empty.'
  if (secret !== secret.trim()) return 'The secret begins or ends with white space; it was probably copied with a line break.'
  if (!/^[\x20-\x7e]+$/.test(secret)) return 'The secret holds characters outside printable ASCII.'
  if (secret.length > 512) return 'The secret is longer than 512 characters.'
  if (secret.startsWith('whpk_')) return 'This is a public key (whpk_): it verifies. Signing needs the private key (whsk_).'
  if (secret.startsWith('whsk_')) return privateKeyProblem(definition, secret)
  // Any text is a key here, however short: a customer who moves over brings what their receiver already has.
  if (definition.secret === 'utf8') return undefined
  if (definition.secret === 'whsec-base64' && !secret.startsWith('whsec_')) {
    return `A secret for "${definition.name}" begins with "whsec_", followed by base64.`
  }
  const key = hmacKeyBytes(definition.secret, secret)
  if (!key) return `What stands in the secret is not valid ${definition.secret === 'hex' ? 'hex' : 'base64'}.`
  if (key.length < 24 || key.length > 64) return `The secret holds ${key.length} bytes; "${definition.name}" wants 24 to 64.`
  return undefined
}

export function isUsableSecret(scheme: SigningScheme | SigningSchemeName, secret: string): boolean {
  return secretProblem(scheme, secret) === undefined
}

function privateKeyProblem(scheme: SigningScheme, secret: string): string | undefined {
  if (!canSignEd25519(scheme)) return `"${scheme.name}" signs with a shared secret; an Ed25519 private key (whsk_) works only with Standard Webhooks.`
  return ed25519Seed(secret) ? undefined : 'After "whsk_" there must be 32 or 64 bytes in base64: an Ed25519 private key.'
}
