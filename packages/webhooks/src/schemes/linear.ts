import type { SigningScheme } from './signing-scheme.js'

/** Linear: hex over the body, the time inside the body. https://linear.app/developers/webhooks#securing-webhooks */
export const linear: SigningScheme = {
  name: 'linear',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'Linear-Signature',
  layout: { kind: 'one', prefix: '' },
  signed: ['body'],
  secret: 'utf8',
}
