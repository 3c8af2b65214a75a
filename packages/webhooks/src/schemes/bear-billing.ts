import type { SigningScheme } from './signing-scheme.js'

/** Bear Billing, "Webhooks Guide": hex over the body, the whole secret string as the key. */
export const bearBilling: SigningScheme = {
  name: 'bear-billing',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'x-bearbilling-signature',
  layout: { kind: 'one', prefix: '' },
  signed: ['body'],
  secret: 'utf8',
}
