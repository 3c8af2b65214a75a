import type { SigningScheme } from './signing-scheme.js'

/** Square: base64 over the notification URL and the body. https://developer.squareup.com/docs/webhooks/step3validate */
export const square: SigningScheme = {
  name: 'square',
  algorithm: 'sha256',
  encoding: 'base64',
  header: 'x-square-hmacsha256-signature',
  layout: { kind: 'one', prefix: '' },
  signed: ['url', 'body'],
  secret: 'utf8',
}
