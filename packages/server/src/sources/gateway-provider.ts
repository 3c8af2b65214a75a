export type GatewayProvider = 'shopify' | 'square' | 'better-data'

/**
 * Which of the Commerce Gateway's three senders a request comes from: each signs in a header of its own. Two of them at
 * once is nothing that a sender does.
 */
export function gatewayProvider(has: (header: string) => boolean): GatewayProvider | { code: 'missing_header' | 'ambiguous_sender'; reason: string } {
  const found = (Object.keys(signatureHeaders) as GatewayProvider[]).filter((provider) => signatureHeaders[provider].some(has))
  if (found.length === 1) return found[0] as GatewayProvider
  return found.length === 0
    ? { code: 'missing_header', reason: 'There is no signature of Shopify, Square or Better Data on this request, so nothing says who sent it.' }
    : { code: 'ambiguous_sender', reason: `The request carries signatures of several senders at once: ${found.join(', ')}.` }
}

const signatureHeaders: Record<GatewayProvider, readonly string[]> = {
  shopify: ['x-shopify-hmac-sha256', 'shopify-hmac-sha256'],
  square: ['x-square-hmacsha256-signature'],
  'better-data': ['x-betterdata-signature'],
}
