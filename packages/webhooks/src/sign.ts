import { hmac, hmacKey } from '#hmac'
import { base64, hex, joinBytes, utf8 } from './encoding.js'
import { signingSchemes, type SigningSchemeName } from './schemes/signing-schemes.js'
import type { SignedMessage, SigningScheme } from './schemes/signing-scheme.js'
import { aroundBody, signatureHeaders, signaturePrefix } from './signature-headers.js'
import { hmacKeyBytes } from './signing-key.js'
import { WebhookError } from './webhook-error.js'

/**
 * Makes the signature headers of one message, on any runtime. Pass a second secret while the first is rotated.
 * Where many messages are signed on Node, `createSigner` of `@posthorn/webhooks/signer` is several times faster.
 */
export async function sign(scheme: SigningScheme | SigningSchemeName, secrets: string | readonly string[], message: SignedMessage): Promise<Record<string, string>> {
  const definition = typeof scheme === 'string' ? signingSchemes[scheme] : scheme
  const { before, after } = aroundBody(definition)
  const body = typeof message.body === 'string' ? utf8(message.body) : message.body
  const content = joinBytes([utf8(before(message)), definition.signed.includes('body') ? body : new Uint8Array(0), utf8(after(message))])

  const signatures: string[] = []
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets) {
    const key = hmacKeyBytes(definition.secret, secret)
    if (!key || secret.startsWith('whsk_')) throw unusable(definition)
    const digest = await hmac(hmacKey(definition.algorithm, key), content)
    signatures.push(signaturePrefix(definition) + (definition.encoding === 'hex' ? hex(digest) : base64(digest)))
  }
  if (signatures.length === 0) throw unusable(definition)
  return signatureHeaders(definition, message, signatures)
}

const unusable = (scheme: SigningScheme) => new WebhookError('secret_unusable', {
  message: `There is no secret that works for "${scheme.name}".`,
  fix: 'secretProblem(scheme, secret) tells why. An Ed25519 key (whsk_) signs only in @posthorn/webhooks/signer.',
})
