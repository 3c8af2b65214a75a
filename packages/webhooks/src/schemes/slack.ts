import type { SigningScheme } from './signing-scheme.js'

/** Slack: `v0:time:body`, hex. https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: SigningScheme = {
  name: 'slack',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Slack-Signature',
  layout: { kind: 'one', prefix: 'v0=' },
  signed: [{ literal: 'v0:' }, 'timestamp', { literal: ':' }, 'body'],
  secret: 'utf8',
  timestampHeader: 'X-Slack-Request-Timestamp',
}
