import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider, Settings } from '../provider.js'
import type { Received } from '../received-request.js'
import type { SigningScheme } from '../schemes/signing-scheme.js'
import { standard } from '../schemes/standard.js'
import { svix } from '../schemes/svix.js'

/** Standard Webhooks, and who signs like it under other header names or with another reading of the secret. */
export const standardWebhooksProvider = family([standard])
export const svixProvider = family([svix, standard])
export const clerkProvider = family([svix, standard])

/** BigCommerce's key is the app's client secret as text, which no `whsec_` marks; both readings are tried. https://docs.bigcommerce.com/docs/integrations/webhooks */
export const bigcommerceProvider: Provider = {
  async check(request, settings) {
    if (settings.secretEncoding) return checkHmac({ ...standard, name: 'bigcommerce', secret: settings.secretEncoding }, request, settings)
    const decoded = await checkHmac({ ...standard, name: 'bigcommerce' }, request, settings)
    const asText = await checkHmac({ ...standard, name: 'bigcommerce', secret: 'utf8' }, request, settings)
    return decoded.ok || decoded.code.startsWith('timestamp') ? decoded : asText
  },
  read: (request) => ({ ...idAndType(standard, request), type: textAt(request.json, 'scope') }),
}

function family(schemes: readonly SigningScheme[]): Provider {
  const used = ({ headers }: Received) => schemes.find((scheme) => headers.all(scheme.header).length > 0) ?? schemes[0]!
  return {
    check: (request, settings) => checkHmac(withSecretEncoding(used(request), settings), request, settings),
    read: (request) => idAndType(used(request), request),
  }
}

function idAndType(scheme: SigningScheme, { headers, json }: Received) {
  return {
    dedupeId: headers.one(scheme.idHeader!),
    type: textAt(json, 'type') ?? textAt(json, 'event_type') ?? textAt(json, 'eventType'),
    isDedupeIdSigned: true,
  }
}

const withSecretEncoding = (scheme: SigningScheme, { secretEncoding }: Settings): SigningScheme =>
  (secretEncoding ? { ...scheme, secret: secretEncoding } : scheme)
