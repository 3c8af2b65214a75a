import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider, Settings } from '../provider.js'
import type { Received } from '../received-request.js'
import { bareCommerce } from '../schemes/bare-commerce.js'
import { bearBilling } from '../schemes/bear-billing.js'
import { betterData, betterDataTimestamped } from '../schemes/better-data.js'
import { devsphere } from '../schemes/devsphere.js'
import type { SigningScheme } from '../schemes/signing-scheme.js'

/** The four senders whose envelopes carry `id` and `type`: all of it is signed. */
export const bareCommerceProvider = enveloped(bareCommerce)
export const bearBillingProvider = enveloped(bearBilling)
export const devsphereProvider = enveloped(devsphere)

export const betterDataProvider: Provider = {
  async check(request, settings) {
    if (settings.variant === 'body') return checkHmac(betterData, request, settings)
    const timestamped = withTimestampHeader(settings)
    if (settings.variant === 'timestamped') return checkHmac(timestamped, request, settings)

    // One variant cannot be passed off as the other: what is signed begins with "{" in the first and with digits in the second.
    if (request.headers.all(timestamped.timestampHeader!).length > 0) {
      const dated = await checkHmac(timestamped, request, settings)
      if (dated.ok || dated.code.startsWith('timestamp')) return dated
    }
    return checkHmac(betterData, request, settings)
  },
  read: envelope,
}

function enveloped(scheme: SigningScheme): Provider {
  return { check: (request, settings) => checkHmac(scheme, request, settings), read: envelope }
}

function envelope(request: Received) {
  return { dedupeId: textAt(request.json, 'id'), type: textAt(request.json, 'type'), isDedupeIdSigned: true }
}

const withTimestampHeader = ({ timestampHeader }: Settings): SigningScheme =>
  (timestampHeader ? { ...betterDataTimestamped, timestampHeader } : betterDataTimestamped)
