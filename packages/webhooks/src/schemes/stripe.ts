import type { SigningScheme } from './signing-scheme.js'

/** Stripe: `t.body`, hex, the time in the header beside the signatures. https://docs.stripe.com/webhooks#verify-manually */
export const stripe: SigningScheme = {
  name: 'stripe',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'Stripe-Signature',
  layout: { kind: 'fields', separator: ',', timestampField: 't', signatureField: 'v1' },
  signed: ['timestamp', { literal: '.' }, 'body'],
  secret: 'utf8',
}
