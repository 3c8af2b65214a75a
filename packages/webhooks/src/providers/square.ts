import { checkHmac, isSignedBy } from '../check-hmac.js'
import { diagnosisBudget } from '../diagnosis-budget.js'
import { fromBase64, joinBytes, utf8 } from '../encoding.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import type { Received } from '../received-request.js'
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

    const url = await diagnosisBudget.spend(request.body.length, () => urlThatFits(request, notificationUrl, settings.secrets))
    return url === undefined ? verdict : refused('signature_mismatch', `The URL differs: Square signed "${url}", and notificationUrl is "${notificationUrl}".`)
  },
  read: ({ json }) => ({ dedupeId: textAt(json, 'event_id'), type: textAt(json, 'type'), isDedupeIdSigned: true }),
}

async function urlThatFits(request: Received, notificationUrl: string, secrets: readonly string[]): Promise<string | undefined> {
  const signature = fromBase64(request.headers.one(square.header) ?? '')
  for (const url of signature ? likelyUrls(notificationUrl, request.url) : []) {
    if (await isSignedBy(secrets, square.secret, square.algorithm, joinBytes([utf8(url), request.body]), [signature!])) return url
  }
  return undefined
}
