import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { intercom } from '../schemes/intercom.js'

export const intercomProvider: Provider = {
  check: (request, settings) => checkHmac(intercom, request, settings),
  read: ({ json }) => ({ dedupeId: textAt(json, 'id'), type: textAt(json, 'topic'), isDedupeIdSigned: true }),
}
