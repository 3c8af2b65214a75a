import { checkHmac } from '../check-hmac.js'
import { checkClock, secondsFrom } from '../clock.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { linear } from '../schemes/linear.js'

export const linearProvider: Provider = {
  async check(request, settings) {
    const proof = await checkHmac(linear, request, settings)
    const sentAt = proof.ok && secondsFrom(textAt(request.json, 'webhookTimestamp') ?? '', 'milliseconds')
    return (sentAt && checkClock(sentAt, settings.now, settings.toleranceSeconds)) || proof
  },
  read({ headers, json }) {
    const [type, action] = [textAt(json, 'type'), textAt(json, 'action')]
    return { dedupeId: headers.one('Linear-Delivery') || undefined, type: type && action ? `${type}.${action}` : type, isDedupeIdSigned: false }
  },
}
