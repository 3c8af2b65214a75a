import { equalBytes } from '#hmac'
import { checkHmac } from '../check-hmac.js'
import { utf8 } from '../encoding.js'
import { listAt, textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { whatsapp } from '../schemes/whatsapp.js'
import { refused, type Item } from '../verdict.js'

/** WhatsApp and the rest of Meta. One request may carry many messages and statuses. */
export const whatsappProvider: Provider = {
  /** Meta proves nothing in its GET; we prove that we know the token, by echoing the challenge as plain text. */
  greet({ method, query }, { verifyToken }) {
    if (method !== 'GET') return undefined
    if (query.get('hub.mode') !== 'subscribe') return refused('handshake_refused', 'A GET here is Meta\'s challenge, but "hub.mode" is not "subscribe".')
    if (!verifyToken) return refused('option_missing', 'Meta asks for the verify token. Set verifyToken to the one typed into Meta\'s dashboard.')
    if (!equalBytes(utf8(verifyToken), utf8(query.get('hub.verify_token') ?? ''))) {
      return refused('handshake_refused', 'The "hub.verify_token" of Meta\'s challenge is not the verifyToken configured here.')
    }
    const challenge = query.get('hub.challenge') ?? ''
    if (challenge === '' || challenge.length > 1024) return refused('handshake_refused', 'Meta\'s challenge has no "hub.challenge" to echo, or one far too long.')
    return { status: 200, contentType: 'text/plain', body: challenge }
  },
  check: (request, settings) => checkHmac(whatsapp, request, settings),
  read({ json }) {
    const items = listAt(json, 'entry').flatMap((entry) => listAt(entry, 'changes').flatMap(itemsOf))
    const only = items.length === 1 ? items[0] : undefined
    return { dedupeId: only?.dedupeId, type: only?.type, items: items.length > 0 ? items : undefined, isDedupeIdSigned: true }
  },
}

function itemsOf(change: unknown): Item[] {
  const messages = listAt(change, 'value', 'messages').map((message) => ({ dedupeId: textAt(message, 'id'), type: 'messages' }))
  const statuses = listAt(change, 'value', 'statuses').map((status) => {
    const [id, told] = [textAt(status, 'id'), textAt(status, 'status')]
    return { dedupeId: id && told ? `${id}:${told}` : id, type: 'statuses' }
  })
  const found = [...messages, ...statuses]
  return found.length > 0 ? found : [{ dedupeId: undefined, type: textAt(change, 'field') }]
}
