import { checkHmac } from '../check-hmac.js'
import type { Provider } from '../provider.js'
import { github } from '../schemes/github.js'

export const githubProvider: Provider = {
  check: (request, settings) => checkHmac(github, request, settings),
  read: ({ headers }) => ({ dedupeId: headers.one('X-GitHub-Delivery') || undefined, type: headers.one('X-GitHub-Event') || undefined, isDedupeIdSigned: false }),
}
