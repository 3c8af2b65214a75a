import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { stripe } from '../schemes/stripe.js'

export const stripeProvider: Provider = {
  check: (request, settings) => checkHmac(stripe, request, settings),
  read: ({ json }) => ({ dedupeId: textAt(json, 'id'), type: textAt(json, 'type'), isDedupeIdSigned: true }),
}
