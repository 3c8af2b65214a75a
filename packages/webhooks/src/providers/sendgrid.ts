import { verifyEcdsaP256 } from '#public-key'
import { checkClock, secondsFrom } from '../clock.js'
import { fromBase64, joinBytes, utf8 } from '../encoding.js'
import { listAt, textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { refused } from '../verdict.js'

/**
 * SendGrid's event webhook: ECDSA over the time and the body. Always a batch.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export const sendgridProvider: Provider = {
  // It sends again for 24 hours and does not say whether it signs anew.
  toleranceSeconds: 25 * 3600,
  async check({ headers, body }, { publicKey, now, toleranceSeconds }) {
    if (!publicKey) return refused('option_missing', 'Set publicKey to the verification key from SendGrid\'s "Signed Event Webhook" settings.')
    const signature = fromBase64(headers.one(signatureHeader) ?? '')
    const timestamp = headers.one(timestampHeader)
    if (!headers.one(signatureHeader) || !timestamp) return refused('missing_header', `"${signatureHeader}" or "${timestampHeader}" is missing. Is the Signed Event Webhook switched on?`)
    const seconds = secondsFrom(timestamp)
    if (!signature || signature.length > 80 || seconds === undefined) return refused('malformed_header', `"${signatureHeader}" is not base64, or "${timestampHeader}" no unix time.`)

    const key = fromBase64(publicKey.replace(/-----[^-]*-----|\s/g, ''))
    const isRight = key && await verifyEcdsaP256(key, joinBytes([utf8(timestamp), body]), signature)
    if (isRight === undefined) return refused('option_unusable', 'publicKey is not a base64 P-256 public key as SendGrid shows it.')
    if (!isRight) {
      return refused('signature_mismatch', 'The signature does not fit this body under publicKey. Either the key is another account\'s, or the body is not the bytes that were sent; SendGrid ends it with a line break that parsers drop.')
    }
    return checkClock(seconds, now, toleranceSeconds) ?? { ok: true }
  },
  read: ({ json }) => ({ items: listAt(json).map((event) => ({ dedupeId: textAt(event, 'sg_event_id'), type: textAt(event, 'event') })), isDedupeIdSigned: true }),
}

const signatureHeader = 'X-Twilio-Email-Event-Webhook-Signature'
const timestampHeader = 'X-Twilio-Email-Event-Webhook-Timestamp'
