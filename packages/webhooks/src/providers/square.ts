import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { square } from '../schemes/square.js'
import { likelyUrls } from '../url-guesses.js'
import { refused } from '../verdict.js'

export const squareProvider: Provider = {
  async check(request, settings) {
    const { notificationUrl } = settings
    if (!notificationUrl) {
      return refused('option_missing', 'Square signs the notification URL together with the body. Set notificationUrl to exactly what stands in the Square dashboard; it is never taken from the request.')
    }
    const verdict = await checkHmac(square, request, settings, notificationUrl)
    if (verdict.ok || verdict.code !== 'signature_mismatch') return verdict

    for (const url of likelyUrls(notificationUrl, request.url)) {
      const other = await checkHmac(square, request, { ...settings, otherSecrets: undefined }, url)
      if (other.ok) return refused('signature_mismatch', `The URL differs: Square signed "${url}", and notificationUrl is "${notificationUrl}".`)
    }
    return verdict
  },
  read: ({ json }) => ({ dedupeId: textAt(json, 'event_id'), type: textAt(json, 'type'), isDedupeIdSigned: true }),
}
