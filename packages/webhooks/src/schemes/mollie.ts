import type { SigningScheme } from './signing-scheme.js'

/** Mollie's next-gen webhooks: hex over the body, with `sha256=` before it. https://docs.mollie.com/reference/webhooks-best-practices */
export const mollie: SigningScheme = {
  name: 'mollie',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Mollie-Signature',
  layout: { kind: 'one', prefix: 'sha256=', alsoAcceptedPrefix: '' },
  signed: ['body'],
  secret: 'utf8',
}
