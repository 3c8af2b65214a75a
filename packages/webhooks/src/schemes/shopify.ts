import type { SigningScheme } from './signing-scheme.js'

/** Shopify: base64 over the body; the key is the app's client secret. https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: SigningScheme = {
  name: 'shopify',
  algorithm: 'sha256',
  encoding: 'base64',
  header: 'X-Shopify-Hmac-SHA256',
  otherHeaders: ['Shopify-Hmac-SHA256'],
  layout: { kind: 'one', prefix: '' },
  signed: ['body'],
  secret: 'utf8',
}
