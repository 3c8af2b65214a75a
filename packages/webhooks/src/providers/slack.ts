import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { slack } from '../schemes/slack.js'

export const slackProvider: Provider = {
  check: (request, settings) => checkHmac(slack, request, settings),
  read({ json }) {
    const challenge = textAt(json, 'challenge')
    if (textAt(json, 'type') === 'url_verification' && challenge !== undefined) {
      return { type: 'url_verification', handshake: { status: 200, contentType: 'text/plain', body: challenge } }
    }
    // The outer type of an event is always "event_callback"; what happened stands inside.
    return { dedupeId: textAt(json, 'event_id'), type: textAt(json, 'event', 'type') ?? textAt(json, 'type'), isDedupeIdSigned: true }
  },
}
