import type { SigningScheme } from './signing-scheme.js'

/** GitHub. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: SigningScheme = {
  name: 'github',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Hub-Signature-256',
  layout: { kind: 'one', prefix: 'sha256=' },
  signed: ['body'],
  secret: 'utf8',
}
