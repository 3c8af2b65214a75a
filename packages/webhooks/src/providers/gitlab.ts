import { equalBytes } from '#hmac'
import { checkHmac } from '../check-hmac.js'
import { utf8 } from '../encoding.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { standard } from '../schemes/standard.js'
import { refused } from '../verdict.js'

/**
 * GitLab sends the secret itself in `X-Gitlab-Token`, or, with a signing token, a Standard Webhooks signature.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#validate-payloads
 */
export const gitlabProvider: Provider = {
  async check(request, settings) {
    const signingTokens = settings.secrets.filter((secret) => secret.startsWith('whsec_'))
    if (request.headers.all(standard.header).length > 0 && signingTokens.length > 0) {
      return checkHmac({ ...standard, name: 'gitlab' }, request, { ...settings, secrets: signingTokens })
    }

    const secrets = settings.secrets.filter((secret) => secret.trim() !== '')
    if (secrets.length === 0) return refused('secret_missing', 'No secret for GitLab is configured here, so nothing can be verified. Is the environment variable set?')
    const token = request.headers.one('X-Gitlab-Token')
    if (!token) return refused('missing_header', 'The header "X-Gitlab-Token" is missing. Set a secret token for this webhook in GitLab.')
    let isRight = false
    for (const secret of secrets) {
      const isEqual = equalBytes(utf8(secret), utf8(token))
      isRight ||= isEqual
    }
    return isRight ? { ok: true } : refused('signature_mismatch', '"X-Gitlab-Token" is none of the secrets configured here.')
  },
  read: ({ headers, json }) => ({
    dedupeId: headers.one('Idempotency-Key') || headers.one('webhook-id') || undefined,
    type: textAt(json, 'object_kind') ?? textAt(json, 'event_name'),
    isDedupeIdSigned: false,
  }),
}
