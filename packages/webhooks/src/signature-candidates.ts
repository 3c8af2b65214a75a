import { fromBase64, fromHex } from './encoding.js'
import type { HeaderView } from './header-view.js'
import type { HashAlgorithm, SigningScheme } from './schemes/signing-scheme.js'
import { refused, type Refused } from './verdict.js'

/** What stands in a request's signature headers, decoded; compared with what the secrets give, all of it every time. */
export interface SignatureCandidates {
  hmacs: Uint8Array[]
  ed25519: Uint8Array[]
  /** As it was signed: the text of the header, not the number. */
  timestamp: string | undefined
  id: string | undefined
}

/** Reads the headers by the scheme's own definition. Lengths are checked here, so what is compared later has the right one. */
export function signatureCandidates(scheme: SigningScheme, headers: HeaderView): SignatureCandidates | Refused {
  const names = [scheme.header, ...(scheme.otherHeaders ?? [])]
  const header = names.find((name) => headers.all(name).length > 0)
  if (!header) return refused('missing_header', `The header "${scheme.header}" is missing, so nothing says who sent this. ${missingHint(headers)}`)

  const read = readLayout(scheme, headers.all(header))
  if (read.tokens > maxCandidates) return refused('malformed_header', `"${header}" holds more than ${maxCandidates} signatures.`)
  if (read.hmacs.length + read.ed25519.length === 0) {
    return refused('malformed_header', `"${header}" does not hold a signature as ${scheme.name} writes it: ${expectedForm(scheme)}.`)
  }

  const timestamp = scheme.layout.kind === 'fields' ? read.timestamp : scheme.timestampHeader && headers.one(scheme.timestampHeader)
  if (scheme.signed.includes('timestamp') && !timestamp) {
    const where = scheme.layout.kind === 'fields' ? `the field "${scheme.layout.timestampField}" of "${header}"` : `the header "${scheme.timestampHeader}"`
    return refused(scheme.layout.kind === 'fields' ? 'malformed_header' : 'missing_header', `The signed time is missing, or told in several ways: ${where}.`)
  }
  const id = scheme.idHeader && headers.one(scheme.idHeader)
  if (scheme.signed.includes('id') && !id) {
    return refused('missing_header', `The signed id is missing, or told in several ways: the header "${scheme.idHeader}".`)
  }
  return { hmacs: read.hmacs, ed25519: read.ed25519, timestamp: timestamp || undefined, id: id || undefined }
}

// A request with thousands of signatures is an attack on the processor, not a rotation.
const maxCandidates = 32

const digestBytes: Record<HashAlgorithm, number> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }

function readLayout(scheme: SigningScheme, values: readonly string[]) {
  const { layout } = scheme
  const hmacs: Uint8Array[] = []
  const ed25519: Uint8Array[] = []
  const times = new Set<string>()
  let tokens = 0
  const add = (text: string) => {
    const bytes = (scheme.encoding === 'hex' ? fromHex : fromBase64)(text)
    if (bytes?.length === digestBytes[scheme.algorithm]) hmacs.push(bytes)
  }

  for (const value of values) {
    if (layout.kind === 'one') {
      // Neither hex nor base64 holds a comma: it can only stand between values that a proxy or `Headers` has joined.
      for (const token of value.split(',', maxCandidates + 1)) {
        tokens += 1
        const text = token.trim()
        const prefixes = [layout.prefix, layout.alsoAcceptedPrefix].filter((prefix) => prefix !== undefined).sort((a, b) => b.length - a.length)
        const prefix = prefixes.find((each) => text.startsWith(each))
        if (prefix !== undefined) add(text.slice(prefix.length))
      }
    } else if (layout.kind === 'list') {
      for (const token of value.split(/[\s]+/, maxCandidates + 1)) {
        tokens += 1
        const text = token.replace(/,$/, '')
        if (layout.ed25519Prefix && text.startsWith(layout.ed25519Prefix)) {
          const bytes = fromBase64(text.slice(layout.ed25519Prefix.length))
          if (bytes?.length === 64) ed25519.push(bytes)
        } else if (text.startsWith(layout.prefix)) add(text.slice(layout.prefix.length))
      }
    } else {
      for (const field of value.split(layout.separator, maxCandidates + 1)) {
        tokens += 1
        const at = field.indexOf('=')
        const name = field.slice(0, at).trim()
        const text = field.slice(at + 1).trim()
        if (name === layout.timestampField) times.add(text)
        if (name === layout.signatureField) add(text)
      }
    }
  }
  return { hmacs, ed25519, tokens, timestamp: times.size === 1 ? [...times][0] : undefined }
}

function expectedForm({ layout, encoding }: SigningScheme): string {
  const sample = encoding === 'hex' ? '<hex>' : '<base64>'
  if (layout.kind === 'fields') return `${layout.timestampField}=<time>${layout.separator}${layout.signatureField}=${sample}`
  return `${layout.prefix}${sample}`
}

const knownHeaders: Record<string, string> = {
  'stripe-signature': 'stripe', 'x-shopify-hmac-sha256': 'shopify', 'shopify-hmac-sha256': 'shopify', 'x-square-hmacsha256-signature': 'square',
  'x-twilio-signature': 'twilio', 'x-hub-signature-256': 'github or whatsapp', 'paypal-transmission-sig': 'paypal', 'x-betterdata-signature': 'better-data',
  'x-webhook-signature': 'bare-commerce', 'x-bearbilling-signature': 'bear-billing', 'webhook-signature': 'standard-webhooks', 'svix-signature': 'svix or clerk',
  'x-slack-signature': 'slack', 'paddle-signature': 'paddle', 'x-zm-signature': 'zoom', 'linear-signature': 'linear', 'x-gitlab-token': 'gitlab',
  'x-wc-webhook-signature': 'woocommerce', 'x-mollie-signature': 'mollie', 'x-signature': 'devsphere',
}

function missingHint(headers: HeaderView): string {
  const found = Object.keys(knownHeaders).find((name) => headers.all(name).length > 0)
  return found
    ? `There is "${found}", as ${knownHeaders[found]} sends it: is the scheme the right one?`
    : 'If the sender does sign, a proxy in between may have dropped it.'
}
