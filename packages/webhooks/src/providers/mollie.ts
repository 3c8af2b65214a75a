import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { mollie } from '../schemes/mollie.js'
import { refused } from '../verdict.js'

export const mollieProvider: Provider = {
  async check(request, settings) {
    if (request.headers.all(mollie.header).length === 0 && request.form.has('id')) {
      return refused('unsigned', 'This is Mollie\'s classic webhook, which nobody signs. Believe only its id, and only after fetching that object from Mollie\'s API.')
    }
    return checkHmac(mollie, request, settings)
  },
  read: ({ json }) => ({ dedupeId: textAt(json, 'id'), type: textAt(json, 'type'), isDedupeIdSigned: true }),
}
