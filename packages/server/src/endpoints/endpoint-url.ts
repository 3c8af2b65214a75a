import { isIP } from 'node:net'
import { mayDial, type AllowList } from '../dialling/address.js'

/**
 * Whether we may send to a URL, as far as its text shows; asks nobody, so nothing can be learned from how long it takes.
 * What a name resolves to is judged when it is dialled, by the same rules as an address that stands in the URL.
 *
 * The text is looked at before the URL parser sees it, because the parser mends silently what is more likely an attempt
 * to get past a check (WHATWG URL, section 4.4: it drops tabs, turns `\` into `/`, adds missing slashes).
 *
 * `url` is the text as the parser writes it, without a last dot of the host: what was judged is what will be dialled.
 */
export function checkEndpointUrl(text: string, rules: EndpointUrlRules): EndpointUrlCheck {
  const wrongText = refuseText(text, rules)
  if (wrongText) return wrongText
  if (!URL.canParse(text)) return refuse('url_host_malformed', 'The host of the URL is neither a name nor an address.', 'Check the spelling of the host.')

  const url = new URL(text)
  url.hostname = withoutLastDot(url.hostname)
  if (url.href.length > maxUrlLength) return tooLong
  return refuseHost(url, rules) ?? { ok: true, url: url.href }
}

export interface EndpointUrlRules {
  /** `posthorn serve`: https only, nothing but the public internet. Otherwise http, this machine and local names too. */
  strict: boolean
  /** Where this server itself is reached; an endpoint there would feed us our own deliveries. */
  ownUrl?: string
  allow: AllowList
}
export type EndpointUrlCheck = { ok: true; url: string } | EndpointUrlProblem
export interface EndpointUrlProblem { ok: false; code: EndpointUrlProblemCode; message: string; fix: string }
export type EndpointUrlProblemCode = keyof typeof endpointUrlProblems

/** Every reason to refuse an endpoint's URL, for the docs. */
export const endpointUrlProblems = {
  url_missing: 'The URL is empty.',
  url_too_long: 'The URL is longer than 2,048 characters.',
  url_has_control_character: 'The URL contains a tab, a line break, a NUL or another control character.',
  url_has_invisible_character: 'The URL contains a character that cannot be seen, such as a soft hyphen or a zero-width space.',
  url_has_space: 'The URL contains a space.',
  url_has_backslash: 'The URL contains a backslash.',
  url_malformed: 'The text is not an absolute URL.',
  url_not_https: 'The URL does not begin with "https:".',
  url_not_http: 'The URL begins with neither "https:" nor "http:" (development server).',
  url_slashes: 'There are not exactly two slashes between the scheme and the host.',
  url_has_credentials: 'The URL contains a user name or a password.',
  url_has_fragment: 'The URL contains a "#".',
  url_port_refused: 'The port is 0, above 65535, or one that the Fetch standard blocks because another protocol owns it.',
  url_host_malformed: 'The host is missing, or is neither a name nor an address.',
  url_host_too_long: 'The host name is longer than 253 characters, or one of its labels is longer than 63.',
  url_host_single_label: 'The host is a name without a dot, which only a local network can know.',
  url_host_reserved: 'The host name ends in a suffix that is reserved for local or special use.',
  url_is_our_own: 'The URL leads back to this server.',
  url_address_refused: 'The host is an IP address that cannot be reached from the whole internet.',
} as const

function refuseText(text: string, { strict }: EndpointUrlRules): EndpointUrlProblem | undefined {
  if (text === '') return refuse('url_missing', 'The URL is empty.', absolute)
  if (text.length > maxUrlLength) return tooLong
  if (/\p{Cc}/u.test(text)) return refuse('url_has_control_character', 'The URL contains a tab, a line break or another control character.', 'Remove it; it may have come along when the URL was copied.')
  if (/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text)) {
    return refuse('url_has_invisible_character', 'The URL contains a character that cannot be seen.', 'Type the URL anew, or percent-encode the character if it belongs to the path.')
  }
  if (/\s/u.test(text)) return refuse('url_has_space', 'The URL contains a space.', 'Remove it, or write %20 if it belongs to the path.')
  if (text.includes('\\')) return refuse('url_has_backslash', 'The URL contains a backslash.', 'Use "/", or write %5C if it belongs to the path.')

  const [, scheme, slashes, authority] = /^([a-z][a-z0-9+.-]*):(\/*)([^/?#]*)/i.exec(text) ?? []
  if (scheme === undefined || slashes === undefined || authority === undefined) return refuse('url_malformed', 'This is not an absolute URL.', absolute)
  const isHttps = scheme.toLowerCase() === 'https'
  if (strict && !isHttps) return refuse('url_not_https', 'The URL does not begin with "https:".', 'Serve the endpoint over TLS and use its https URL.')
  if (!isHttps && scheme.toLowerCase() !== 'http') return refuse('url_not_http', 'The URL begins with neither "https:" nor "http:".', absolute)
  if (slashes !== '//') return refuse('url_slashes', 'There are not exactly two slashes between the scheme and the host.', absolute)
  if (authority.includes('@')) {
    return refuse('url_has_credentials', 'The URL contains a user name or a password.', 'Send credentials as an extra header: {"headers": {"authorization": "Basic …"}}.')
  }
  if (text.includes('#')) return refuse('url_has_fragment', 'The URL contains a "#".', 'Remove everything from "#" on; it is never sent. Write %23 if it belongs to the path.')

  const [isHostAndPort, , port] = /^(\[[^\]]*\]|[^:[\]%]+)(?::(\d*))?$/.exec(authority) ?? []
  if (isHostAndPort === undefined) return refuse('url_host_malformed', 'The host of the URL is missing or is not written plainly.', absolute)
  if (port && (Number(port) > 65_535 || badPorts.has(Number(port)))) {
    return refuse('url_port_refused', `No webhook is sent to port ${Number(port)}.`, 'Serve the endpoint on port 443, or on one above 1024 that no other protocol owns.')
  }
  return undefined
}

function refuseHost(url: URL, { strict, ownUrl, allow }: EndpointUrlRules): EndpointUrlProblem | undefined {
  if (ownUrl !== undefined && url.origin === originOf(ownUrl)) {
    return refuse('url_is_our_own', 'The URL leads back to this server.', 'Use a URL of the receiver. To receive webhooks from elsewhere, make a source.')
  }

  const address = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address)) {
    const verdict = mayDial(address, { strict, allow })
    if (verdict.allowed) return undefined
    return refuse('url_address_refused', `The address ${address} cannot be reached from the whole internet: ${verdict.reason}.`,
      'Use a public address or, better, a name. The operator can let a private network through with POSTHORN_ALLOW_SUBNETS.')
  }

  const name = url.hostname
  const labels = name.split('.')
  if (labels.some((label) => !/^[a-z0-9_-]+$/.test(label))) return refuse('url_host_malformed', 'The host of the URL is not a name that DNS can know.', 'Check the spelling of the host.')
  if (name.length > 253 || labels.some((label) => label.length > 63)) {
    return refuse('url_host_too_long', 'The host name is longer than 253 characters, or one of its labels is longer than 63.', 'Check the spelling of the host.')
  }
  // A development server lives among local names; where they lead is judged when they are dialled.
  if (!strict) return undefined
  if (labels.length === 1) return refuse('url_host_single_label', `"${name}" is a name that only a local network can know.`, 'Use the full name under which the endpoint can be reached from the internet.')
  const suffix = reservedSuffixes.find((reserved) => name.endsWith(reserved))
  if (suffix === undefined) return undefined
  return refuse('url_host_reserved', `Names that end in "${suffix}" are reserved for local or special use.`, 'Use a name under which the endpoint can be reached from the internet.')
}

function originOf(text: string): string {
  const url = new URL(text)
  url.hostname = withoutLastDot(url.hostname)
  return url.origin
}

/** `example.com.` is `example.com` said with emphasis (RFC 1034, section 3.1); certificates and suffixes know only the latter. */
function withoutLastDot(hostname: string): string {
  return hostname.replace(/(?<=[^.])\.$/, '')
}

function refuse(code: EndpointUrlProblemCode, message: string, fix: string): EndpointUrlProblem {
  return { ok: false, code, message, fix }
}

const maxUrlLength = 2_048
const absolute = 'Write the whole URL: https://example.com/webhooks'
const tooLong = refuse('url_too_long', 'The URL is longer than 2,048 characters.', 'Put what the endpoint needs to know into an extra header.')

/**
 * Suffixes that the public DNS does not serve, so that only a network's own resolver could answer: IANA's special-use
 * names (RFC 6761, 6762, 7686, 8375, 9476), ICANN's .internal and the names it will never give out, those that RFC 6762
 * (appendix G) found in private use, and Kubernetes' own. `.example` is left out: it resolves nowhere, which harms nobody.
 */
const reservedSuffixes = [
  '.localhost', '.localdomain', '.local', '.internal', '.intranet', '.private', '.lan', '.home', '.corp', '.mail', '.home.arpa', '.arpa',
  '.test', '.invalid', '.onion', '.alt', '.svc', '.cluster.local',
]

/** https://fetch.spec.whatwg.org/#port-blocking, and 0, which is no port. */
const badPorts = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137,
  139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
  2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])
