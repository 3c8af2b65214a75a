import { checkHmac } from '../check-hmac.js'
import type { Provider } from '../provider.js'
import { shopify } from '../schemes/shopify.js'

/**
 * Shopify. Two header families: `X-Shopify-…` of webhooks and `Shopify-…` of events.
 * Topic and ids stand in headers, which the signature does not cover.
 */
export const shopifyProvider: Provider = {
  check: (request, settings) => checkHmac(shopify, request, settings),
  read: ({ headers }) => ({
    dedupeId: headers.one('X-Shopify-Event-Id') || headers.one('X-Shopify-Webhook-Id') || headers.one('Shopify-Webhook-Id') || undefined,
    type: headers.one('X-Shopify-Topic') || headers.one('Shopify-Topic') || undefined,
    isDedupeIdSigned: false,
  }),
}
