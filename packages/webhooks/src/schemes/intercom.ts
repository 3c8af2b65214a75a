import type { SigningScheme } from './signing-scheme.js'

/** Intercom: SHA-1 under the app's client secret. https://developers.intercom.com/docs/webhooks/webhook-notifications#signed-notifications */
export const intercom: SigningScheme = {
  name: 'intercom',
  algorithm: 'sha1',
  encoding: 'hex',
  header: 'X-Hub-Signature',
  layout: { kind: 'one', prefix: 'sha1=' },
  signed: ['body'],
  secret: 'utf8',
}
