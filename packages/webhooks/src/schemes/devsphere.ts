import type { SigningScheme } from './signing-scheme.js'

/** DevSphere, "Webhook Architecture": `X-Signature: sha256=<hmac_sha256(secret, body)>`. */
export const devsphere: SigningScheme = {
  name: 'devsphere',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Signature',
  layout: { kind: 'one', prefix: 'sha256=' },
  signed: ['body'],
  secret: 'utf8',
}
