import type { SigningScheme } from './signing-scheme.js'

/** Better Data, "Webhook Security": HMAC-SHA256 in `x-betterdata-signature`, over the body. */
export const betterData: SigningScheme = {
  name: 'better-data',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'x-betterdata-signature',
  layout: { kind: 'one', prefix: '', alsoAcceptedPrefix: 'sha256=' },
  signed: ['body'],
  secret: 'utf8',
}

/** The same header over `time.body`, the time in milliseconds in a header of its own: a replay grows stale. */
export const betterDataTimestamped: SigningScheme = {
  ...betterData,
  name: 'better-data-timestamped',
  signed: ['timestamp', { literal: '.' }, 'body'],
  timestampHeader: 'x-timestamp',
  timestampUnit: 'milliseconds',
}
