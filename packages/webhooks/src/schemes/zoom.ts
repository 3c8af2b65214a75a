import type { SigningScheme } from './signing-scheme.js'

/** Zoom: `v0:time:body`, hex. https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events */
export const zoom: SigningScheme = {
  name: 'zoom',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'x-zm-signature',
  layout: { kind: 'one', prefix: 'v0=' },
  signed: [{ literal: 'v0:' }, 'timestamp', { literal: ':' }, 'body'],
  secret: 'utf8',
  timestampHeader: 'x-zm-request-timestamp',
}
