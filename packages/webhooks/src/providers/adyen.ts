import { isSignedBy, secretsProblem } from '../check-hmac.js'
import { fromBase64, utf8 } from '../encoding.js'
import { at, listAt, textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import type { Received } from '../received-request.js'
import { refused, type Refused } from '../verdict.js'

/**
 * Adyen. Standard notifications carry a signature in each item, over eight of its fields; platform notifications carry
 * one over the body in the header `HmacSignature`. The key is hex.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 */
export const adyenProvider: Provider = {
  async check(request, { secrets }) {
    const problem = secretsProblem(secrets, 'hex', 'Adyen (the HMAC key)')
    if (problem) return problem
    const items = itemsOf(request)
    if (items.length > 0) return (await itemsProblem(items, secrets)) ?? { ok: true }

    const header = request.headers.one('HmacSignature')
    if (header === undefined) return refused('missing_header', 'Neither "notificationItems" with a signature each nor the header "HmacSignature" is there. Is HMAC switched on for this webhook in the Customer Area?')
    const signature = digest(header)
    if (!signature) return refused('malformed_header', '"HmacSignature" is not the base64 of a SHA-256 HMAC.')
    if (await isSignedBy(secrets, 'hex', 'sha256', request.body, [signature])) return { ok: true }
    return refused('signature_mismatch', '"HmacSignature" does not fit this body under any HMAC key configured here. The key is made for one webhook, and test and live have different ones.')
  },
  read(request) {
    const { json } = request
    const items = itemsOf(request).map((item) => ({ dedupeId: idOf(item), type: textAt(item, 'eventCode') }))
    if (items.length === 0) return { type: textAt(json, 'type') ?? textAt(json, 'eventType'), isDedupeIdSigned: true }
    const only = items.length === 1 ? items[0] : undefined
    return { dedupeId: only?.dedupeId, type: only?.type, items, isDedupeIdSigned: true }
  },
}

// Adyen sends one item, and a handful at most; each costs an HMAC per key.
const maxItems = 100

const itemsOf = ({ json }: Received) => listAt(json, 'notificationItems').map((item) => at(item, 'NotificationRequestItem'))

function idOf(item: unknown): string | undefined {
  const [code, reference] = [textAt(item, 'eventCode'), textAt(item, 'pspReference')]
  return code && reference ? `${code}:${reference}` : undefined
}

async function itemsProblem(items: readonly unknown[], secrets: readonly string[]): Promise<Refused | undefined> {
  if (items.length > maxItems) return refused('malformed_body', `The notification holds more than ${maxItems} items.`)
  let wrong = 0
  for (const item of items) {
    const header = textAt(item, 'additionalData', 'hmacSignature')
    if (header === undefined) return refused('missing_header', 'An item carries no "additionalData.hmacSignature". Is HMAC switched on for this webhook in the Customer Area?')
    const signature = digest(header)
    if (!signature) return refused('malformed_header', '"additionalData.hmacSignature" is not the base64 of a SHA-256 HMAC.')
    const isRight = await isSignedBy(secrets, 'hex', 'sha256', utf8(signedText(item)), [signature])
    if (!isRight) wrong += 1
  }
  if (wrong === 0) return undefined
  return refused('signature_mismatch', `${wrong} of ${items.length} items are not signed with any HMAC key configured here. The key is made for one webhook, and test and live have different ones.`)
}

function signedText(item: unknown): string {
  const paths = [['pspReference'], ['originalReference'], ['merchantAccountCode'], ['merchantReference'], ['amount', 'value'], ['amount', 'currency'], ['eventCode'], ['success']]
  return paths.map((path) => {
    const value = at(item, ...path)
    return value === undefined || value === null ? '' : String(value as string | number | boolean)
  }).join(':')
}

function digest(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text)
  return bytes?.length === 32 ? bytes : undefined
}
