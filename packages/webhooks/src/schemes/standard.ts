import type { SigningScheme } from './signing-scheme.js'

/**
 * Standard Webhooks: `id.timestamp.body`, base64, several signatures in one header.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const standard: SigningScheme = {
  name: 'standard',
  algorithm: 'sha256',
  encoding: 'base64',
  header: 'webhook-signature',
  layout: { kind: 'list', separator: ' ', prefix: 'v1,', ed25519Prefix: 'v1a,' },
  signed: ['id', { literal: '.' }, 'timestamp', { literal: '.' }, 'body'],
  secret: 'whsec-base64',
  idHeader: 'webhook-id',
  timestampHeader: 'webhook-timestamp',
}
