import { verify as verifySignature, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { crc32 } from 'node:zlib'
import { checkClock } from '../clock.js'
import { fromBase64 } from '../encoding.js'
import { textAt } from '../exact-json.js'
import type { Proof, Provider, Settings } from '../provider.js'
import type { Received } from '../received-request.js'
import { refused, type Refused } from '../verdict.js'
import { chainProblem, dateProblem, issuerUrl, lastWithoutIssuer, readCertificates } from './certificate-chain.js'
import { forgetCertificate, storedCertificate } from './certificate-store.js'
import { certificateUrl } from './certificate-url.js'

/**
 * PayPal signs `transmission id|time|webhook id|CRC32 of the body` with a certificate that it names by URL.
 * https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
 *
 * CRC32 is no cryptographic digest: whoever sees one genuine request can make another body with the same checksum. What the
 * signature does pin is the transmission: `replayId` is its id, to be accepted once, and its time ends it after three
 * days, for as long as PayPal repeats a delivery. A payment worth more than that is looked up at PayPal before it is believed.
 */
export const paypalProvider: Provider = {
  toleranceSeconds: 3 * 24 * 3600 + 3600,
  check,
  read: ({ json }) => ({ dedupeId: textAt(json, 'id'), type: textAt(json, 'event_type'), isDedupeIdSigned: false }),
}

async function check(request: Received, settings: Settings): Promise<Proof | Refused> {
  const { webhookId, fetchCertificate } = settings
  if (!webhookId) return refused('option_missing', 'PayPal signs the id of the webhook. Set webhookId to the one shown beside this URL in PayPal\'s developer dashboard.')
  const headers = Object.fromEntries(headerNames.map((name) => [name, request.headers.one(`paypal-${name}`)]))
  const missing = headerNames.filter((name) => !headers[name])
  if (missing.length > 0) return refused('missing_header', `Missing, or told in several ways: ${missing.map((name) => `"paypal-${name}"`).join(', ')}.`)
  if (headers['auth-algo'] !== 'SHA256withRSA') return refused('malformed_header', `"paypal-auth-algo" is "${headers['auth-algo']}"; only SHA256withRSA is known.`)
  const signature = fromBase64(headers['transmission-sig']!)
  const sentAt = Date.parse(headers['transmission-time']!)
  if (!signature || signature.length < 128 || signature.length > 512 || Number.isNaN(sentAt)) return refused('malformed_header', '"paypal-transmission-sig" is not base64 of an RSA signature, or "paypal-transmission-time" no time.')
  const url = certificateUrl(headers['cert-url']!)
  if (!url) return refused('cert_url_refused', '"paypal-cert-url" does not point to one of PayPal\'s API hosts over https. Whoever sent this wants to be believed on a certificate of their own.')

  const leaf = await trustedCertificate(url.href, settings)
  if ('ok' in leaf) {
    if (leaf.code !== 'cert_unavailable') forgetCertificate(url.href, fetchCertificate)
    return leaf
  }
  const content = `${headers['transmission-id']}|${headers['transmission-time']}|${webhookId}|${crc32(request.body)}`
  if (!isSignedWith(leaf, content, signature)) {
    return refused('signature_mismatch', 'The certificate is PayPal\'s, but the signature does not fit. Either webhookId is not the one of this URL, or the body is not the bytes that were sent: PayPal\'s 1.0 becomes 1 in any JSON parser.')
  }
  return checkClock(sentAt / 1000, settings.now, settings.toleranceSeconds) ?? { ok: true, replayId: headers['transmission-id'] }
}

const headerNames = ['transmission-id', 'transmission-time', 'transmission-sig', 'cert-url', 'auth-algo'] as const

async function trustedCertificate(url: string, settings: Settings): Promise<X509Certificate | Refused> {
  const fetched = await fetchedCertificates(url, settings)
  if ('ok' in fetched) return fetched
  const [leaf, ...rest] = fetched
  if (!leaf) return refused('cert_malformed', `What ${url} answered is no certificate in PEM.`)
  if (!isPaypal(leaf)) return refused('cert_untrusted', 'The certificate is not made out to PayPal\'s message verification.')

  const between = [...rest, ...given(settings.intermediates)]
  const anchors = settings.trustAnchors ? given(settings.trustAnchors) : nodeRoots()
  const now = new Date(settings.now * 1000)
  const outdated = dateProblem(leaf, now)
  if (outdated) return outdated
  // PayPal hands out its own certificate alone; the one above it is published by the issuer, and signed, so http will do.
  for (let step = 0; step < 2; step++) {
    const last = lastWithoutIssuer(leaf, between, anchors)
    const issuer = last && issuerUrl(last)
    if (!issuer) break
    const more = await fetchedCertificates(issuer, settings)
    if ('ok' in more) return more
    between.push(...more)
  }
  return chainProblem(leaf, between, anchors, now) ?? leaf
}

async function fetchedCertificates(url: string, { fetchCertificate }: Settings): Promise<X509Certificate[] | Refused> {
  let pem: unknown
  try {
    pem = await storedCertificate(url, fetchCertificate)
  } catch (cause) {
    return refused('cert_unavailable', `The certificate at ${url} could not be fetched (${cause instanceof Error ? cause.message : String(cause)}). The request may well be genuine: answer 503 and let PayPal send it again.`)
  }
  return (typeof pem === 'string' && readCertificates(pem)) || refused('cert_malformed', `What ${url} answered is no certificate in PEM.`)
}

/** `messageverificationcerts.paypal.com`, or the same of the sandbox. */
function isPaypal(certificate: X509Certificate): boolean {
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? ''
  return commonName === 'paypal.com' || commonName.endsWith('.paypal.com')
}

function isSignedWith(certificate: X509Certificate, content: string, signature: Uint8Array): boolean {
  try {
    return certificate.publicKey.asymmetricKeyType === 'rsa' && verifySignature('sha256', Buffer.from(content), certificate.publicKey, signature)
  } catch {
    return false
  }
}

const given = (pems: readonly string[] | undefined) => (pems ?? []).flatMap((pem) => readCertificates(pem) ?? [])

let roots: X509Certificate[] | undefined
const nodeRoots = () => (roots ??= rootCertificates.map((pem) => new X509Certificate(pem)))
