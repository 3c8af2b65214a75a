import { isSignedBy, secretsProblem } from '../check-hmac.js'
import { checkClock, secondsFrom } from '../clock.js'
import { fromHex, utf8 } from '../encoding.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import type { Received } from '../received-request.js'
import { refused } from '../verdict.js'

/**
 * Mailgun signs a time and a random token inside the body, and **not the body**: whoever sees one request could put
 * anything else beside the same token. So a token must be accepted once only: `replayId` is that token.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export const mailgunProvider: Provider = {
  // Mailgun sends again for eight hours, with the signature of the first time.
  toleranceSeconds: 8 * 3600 + 900,
  async check(request, { secrets, now, toleranceSeconds }) {
    const problem = secretsProblem(secrets, 'utf8', 'Mailgun (the HTTP webhook signing key)')
    if (problem) return problem
    const [timestamp, token, text] = ['timestamp', 'token', 'signature'].map((name) => field(request, name))
    if (!timestamp || !token || !text) return refused('missing_header', 'The body holds no "signature" with timestamp, token and signature, so nothing says who sent this.')
    const signature = fromHex(text)
    const seconds = secondsFrom(timestamp)
    if (signature?.length !== 32 || seconds === undefined || token.length > 128) return refused('malformed_header', 'The "signature" in the body is not a hex HMAC with a unix time and a token.')
    if (!await isSignedBy(secrets, 'utf8', 'sha256', utf8(timestamp + token), [signature])) {
      return refused('signature_mismatch', 'The "signature" in the body does not fit under any signing key configured here. It is the HTTP webhook signing key, not an API key.')
    }
    return checkClock(seconds, now, toleranceSeconds) ?? { ok: true, replayId: token }
  },
  read: ({ json }) => ({ dedupeId: textAt(json, 'event-data', 'id'), type: textAt(json, 'event-data', 'event'), isDedupeIdSigned: false }),
}

/** JSON webhooks nest the three; forwarded mail brings them as fields of a form. */
function field({ json, form }: Received, name: string): string | undefined {
  if (json === undefined) return form.get(name) ?? undefined
  return textAt(json, 'signature', name)
}
