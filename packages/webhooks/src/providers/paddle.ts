import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { paddle } from '../schemes/paddle.js'

export const paddleProvider: Provider = {
  check: (request, settings) => checkHmac(paddle, request, settings),
  read: ({ json }) => ({ dedupeId: textAt(json, 'event_id'), type: textAt(json, 'event_type'), isDedupeIdSigned: true }),
}
