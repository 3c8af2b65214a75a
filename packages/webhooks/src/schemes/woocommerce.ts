import type { SigningScheme } from './signing-scheme.js'

/** WooCommerce: base64 over the body. https://developer.woocommerce.com/docs/best-practices/urls-and-routing/webhooks/ */
export const woocommerce: SigningScheme = {
  name: 'woocommerce',
  algorithm: 'sha256',
  encoding: 'base64',
  header: 'X-WC-Webhook-Signature',
  layout: { kind: 'one', prefix: '' },
  signed: ['body'],
  secret: 'utf8',
}
