import { checkHmac } from '../check-hmac.js'
import type { Provider } from '../provider.js'
import { woocommerce } from '../schemes/woocommerce.js'
import { refused } from '../verdict.js'

export const woocommerceProvider: Provider = {
  async check(request, settings) {
    if (request.headers.all(woocommerce.header).length === 0 && /^webhook_id=\d+$/.test(request.text)) {
      return refused('unsigned', 'This is the ping that WooCommerce sends when a webhook is saved. It is not signed and says nothing: answer 200 and forget it.')
    }
    return checkHmac(woocommerce, request, settings)
  },
  read: ({ headers }) => ({ dedupeId: headers.one('X-WC-Webhook-Delivery-ID') || undefined, type: headers.one('X-WC-Webhook-Topic') || undefined, isDedupeIdSigned: false }),
}
