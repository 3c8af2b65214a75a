import { digestSha256, equalBytes } from '#hmac'
import { isSignedBy, secretsProblem } from '../check-hmac.js'
import { diagnosisBudget } from '../diagnosis-budget.js'
import { fromBase64, fromHex, utf8 } from '../encoding.js'
import { listAt, textAt } from '../exact-json.js'
import type { Provider, Settings } from '../provider.js'
import type { Received } from '../received-request.js'
import { likelyUrls } from '../url-guesses.js'
import { refused, type Refused } from '../verdict.js'

/**
 * Twilio: HMAC-SHA1 over the URL and, for a form, its fields in alphabetical order, each name followed by its value.
 * A JSON body is not signed itself: its SHA-256 stands in the signed URL as `bodySHA256`.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export const twilioProvider: Provider = {
  async check(request, settings) {
    const { publicUrl, secrets } = settings
    if (!publicUrl) return refused('option_missing', 'Twilio signs the URL it was told. Set publicUrl to exactly that; it is never taken from the request or from Host.')
    const problem = secretsProblem(secrets, 'utf8', 'Twilio (the auth token)')
    if (problem) return problem
    const values = request.headers.all('x-twilio-signature')
    if (values.length === 0) return refused('missing_header', 'The header "X-Twilio-Signature" is missing, so nothing says who sent this.')
    const signatures = values.slice(0, maxSignatures).map(fromBase64).filter((bytes) => bytes?.length === 20) as Uint8Array[]
    if (signatures.length === 0) return refused('malformed_header', '"X-Twilio-Signature" is not the base64 of a SHA-1 HMAC.')

    let signedUrl: string | undefined
    for (const url of signedUrls(publicUrl, request.url)) {
      const isSigned = await isSignedBy(secrets, 'utf8', 'sha1', utf8(url + fieldsText(request, url)), signatures)
      if (isSigned) signedUrl ??= url
    }
    if (signedUrl === undefined) return mismatch(request, settings, signatures)
    return (await bodyProblem(request, signedUrl)) ?? { ok: true }
  },
  read: ({ headers, form, json }) => {
    const items = listAt(json).map((event) => ({ dedupeId: textAt(event, 'id'), type: textAt(event, 'type') }))
    const message = form.get('MessageSid')
    const status = form.get('MessageStatus') || form.get('SmsStatus')
    return {
      dedupeId: headers.one('I-Twilio-Idempotency-Token') || (message && status ? `${message}:${status}` : undefined),
      items: items.length > 0 ? items : undefined,
      isDedupeIdSigned: headers.all('I-Twilio-Idempotency-Token').length === 0,
    }
  },
}

// One is sent; a proxy may double it.
const maxSignatures = 8

/**
 * The URLs that may have been signed: the configured one, the same with the query of this request (Twilio appends
 * `bodySHA256`, and callbacks have queries of their own), each with and without the port, as Twilio's own libraries try.
 */
function signedUrls(publicUrl: string, requestUrl: string): string[] {
  const at = requestUrl.indexOf('?')
  const query = at === -1 ? '' : requestUrl.slice(at).split('#', 1)[0]!
  const urls = publicUrl.includes('?') || query.length < 2 ? [publicUrl] : [publicUrl, publicUrl + query]
  const ownQuery = publicUrl.indexOf('?')
  if (ownQuery !== -1 && query.startsWith(`${publicUrl.slice(ownQuery)}&`)) urls.push(publicUrl.slice(0, ownQuery) + query)
  return urls.flatMap((url) => [url, ...withOtherPort(url)])
}

function withOtherPort(url: string): string[] {
  const parts = /^(https?):\/\/([^/?#:]+)(:\d+)?([/?#].*)?$/.exec(url)
  if (!parts) return []
  const [, scheme, host, port, rest = ''] = parts
  return [port ? `${scheme}://${host}${rest}` : `${scheme}://${host}:${scheme === 'https' ? 443 : 80}${rest}`]
}

const isForm = ({ headers }: Received) => /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers.one('content-type') ?? '')

/** A repeated field counts once for each different value, in order, as Twilio's libraries do it. */
function fieldsText(request: Received, url: string): string {
  if (!isForm(request) || bodyHashIn(url) !== undefined) return ''
  const names = [...new Set(request.form.keys())].sort()
  return names.map((name) => [...new Set(request.form.getAll(name))].sort().map((value) => name + value).join('')).join('')
}

const bodyHashIn = (url: string) => new URLSearchParams(url.split('#', 1)[0]!.split('?').slice(1).join('?')).get('bodySHA256') ?? undefined

/** The URL is genuine; is the body? */
async function bodyProblem(request: Received, signedUrl: string): Promise<Refused | undefined> {
  const expected = bodyHashIn(signedUrl)
  if (expected === undefined) {
    if (isForm(request) || request.body.length === 0) return undefined
    return refused('signature_mismatch', 'The URL is signed, but the body is neither a form nor named by "bodySHA256" in the signed URL, so anyone could have changed it.')
  }
  const digest = await digestSha256(request.body)
  return equalBytes(fromHex(expected) ?? new Uint8Array(0), digest)
    ? undefined
    : refused('signature_mismatch', 'The body was changed on its way here: its SHA-256 is not the "bodySHA256" of the signed URL. Pass the raw bytes, before any parser.')
}

async function mismatch(request: Received, { publicUrl, secrets }: Settings, signatures: readonly Uint8Array[]): Promise<Refused> {
  const url = await diagnosisBudget.spend(request.body.length, () => urlThatFits(request, publicUrl!, secrets, signatures))
  return refused('signature_mismatch', url === undefined
    ? `"X-Twilio-Signature" does not fit this request. Either publicUrl ("${publicUrl}") is not exactly the URL that Twilio was told, or the auth token is another account's, or the fields were changed.`
    : `The URL differs: Twilio signed "${url}", and publicUrl is "${publicUrl}".`)
}

async function urlThatFits(request: Received, publicUrl: string, secrets: readonly string[], signatures: readonly Uint8Array[]): Promise<string | undefined> {
  for (const url of likelyUrls(publicUrl, request.url)) {
    if (await isSignedBy(secrets, 'utf8', 'sha1', utf8(url + fieldsText(request, url)), signatures)) return url
  }
  return undefined
}
