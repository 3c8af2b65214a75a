import { createHmac, createPrivateKey, createSecretKey, sign as signWithKey } from 'node:crypto'
import { utf8 } from './encoding.js'
import { aroundBody, signatureHeaders, signaturePrefix } from './signature-headers.js'
import { signingSchemes, type SigningSchemeName } from './schemes/signing-schemes.js'
import type { SignedMessage, SigningScheme } from './schemes/signing-scheme.js'
import { canSignEd25519, ed25519Seed, hmacKeyBytes } from './signing-key.js'
import { WebhookError } from './webhook-error.js'

export { signingSchemes, type SigningSchemeName } from './schemes/signing-schemes.js'
export type { HashAlgorithm, SecretEncoding, SignatureLayout, SignedMessage, SignedPart, SigningScheme } from './schemes/signing-scheme.js'
export { generateSecret, isUsableSecret, secretProblem } from './secrets.js'
export { WebhookError } from './webhook-error.js'

export type Signer = (message: SignedMessage) => Record<string, string>

/**
 * Prepares the keys once and gives back a synchronous function that makes the signature headers of one attempt.
 * Node only; elsewhere use `sign`.
 *
 * While a secret is rotated pass two, the one in force first: list formats carry both signatures, formats with
 * one value carry the second in `<header>-next`.
 */
export function createSigner(scheme: SigningScheme | SigningSchemeName, secrets: readonly string[]): Signer {
  const definition = typeof scheme === 'string' ? signingSchemes[scheme] : scheme
  if (definition === undefined) throw unknownScheme(String(scheme))
  if (secrets.length === 0) throw noSecret(definition)
  if (definition.layout.kind === 'one' && secrets.length > 2) throw tooManySecrets(definition, secrets.length)

  const makers = secrets.map((secret) => signatureMaker(definition, secret))
  const [only] = makers
  if (makers.length === 1) return (message) => signatureHeaders(definition, message, [only!(message)])
  return (message) => signatureHeaders(definition, message, makers.map((make) => make(message)))
}

type SignatureMaker = (message: SignedMessage) => string

function signatureMaker(scheme: SigningScheme, secret: string): SignatureMaker {
  if (secret.startsWith('whsk_') && canSignEd25519(scheme)) return ed25519Maker(scheme, secret)

  const bytes = hmacKeyBytes(scheme.secret, secret)
  if (!bytes) throw unusableSecret(scheme)
  const key = createSecretKey(bytes)
  const { algorithm, encoding } = scheme
  const prefix = signaturePrefix(scheme)
  const { before, after } = aroundBody(scheme)
  const signsBody = scheme.signed.includes('body')

  return (message) => {
    const hmac = createHmac(algorithm, key)
    const head = before(message)
    const tail = after(message)
    // One update costs less than two, and a body that is text can ride along.
    if (!signsBody) hmac.update(head)
    else if (typeof message.body === 'string') hmac.update(head + message.body + tail)
    else {
      if (head !== '') hmac.update(head)
      hmac.update(message.body)
      if (tail !== '') hmac.update(tail)
    }
    return prefix + hmac.digest(encoding)
  }
}

/** Standard Webhooks, asymmetric: the same content, signed with Ed25519 under `v1a,`. */
function ed25519Maker(scheme: SigningScheme, secret: string): SignatureMaker {
  const seed = ed25519Seed(secret)
  if (!seed || scheme.layout.kind !== 'list') throw unusableSecret(scheme)
  // RFC 8410: PKCS #8 around a bare seed is this prefix and the 32 bytes.
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const prefix = scheme.layout.ed25519Prefix
  const { before, after } = aroundBody(scheme)

  return (message) => {
    const body = typeof message.body === 'string' ? utf8(message.body) : message.body
    const content = Buffer.concat([utf8(before(message)), body, utf8(after(message))])
    return prefix + signWithKey(null, content, key).toString('base64')
  }
}

const unknownScheme = (name: string) => new WebhookError('scheme_unknown', {
  message: `There is no signing scheme "${name}".`,
  fix: `Use one of ${Object.keys(signingSchemes).join(', ')}, or pass a definition of your own.`,
})

const noSecret = (scheme: SigningScheme) => new WebhookError('secret_missing', {
  message: `Nothing to sign "${scheme.name}" with: the list of secrets is empty.`,
  fix: 'Pass at least one secret; generateSecret() makes one.',
})

const unusableSecret = (scheme: SigningScheme) => new WebhookError('secret_unusable', {
  message: `A secret does not work for "${scheme.name}".`,
  fix: 'secretProblem(scheme, secret) tells why.',
})

const tooManySecrets = (scheme: SigningScheme, count: number) => new WebhookError('secret_count', {
  message: `"${scheme.name}" carries one signature and, during a rotation, the next: ${count} secrets do not fit.`,
  fix: 'Pass the secret in force and at most one that follows it.',
})
