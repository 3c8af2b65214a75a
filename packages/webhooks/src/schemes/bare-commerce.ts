import type { SigningScheme } from './signing-scheme.js'

/**
 * BareCommerce, "Webhooks": the printed receivers compare plain hex made with the whole `whsec_…` string,
 * and the printed cURL test sends `sha256=`. We sign plain and accept both.
 */
export const bareCommerce: SigningScheme = {
  name: 'bare-commerce',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Webhook-Signature',
  layout: { kind: 'one', prefix: '', alsoAcceptedPrefix: 'sha256=' },
  signed: ['body'],
  secret: 'utf8',
}
