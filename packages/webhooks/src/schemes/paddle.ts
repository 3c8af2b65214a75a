import type { SigningScheme } from './signing-scheme.js'

/** Paddle: `ts=…;h1=…`, over `ts:body`. https://developer.paddle.com/webhooks/signature-verification */
export const paddle: SigningScheme = {
  name: 'paddle',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'Paddle-Signature',
  layout: { kind: 'fields', separator: ';', timestampField: 'ts', signatureField: 'h1' },
  signed: ['timestamp', { literal: ':' }, 'body'],
  secret: 'utf8',
}
