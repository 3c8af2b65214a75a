/**
 * Whether the headers that a customer adds to an endpoint may go out with every attempt. A header may say who is
 * calling (Authorization, a tenant's key); it may not say what we say ourselves, change how the request is framed, or
 * pretend that it came along another way. Names are compared as receivers do: case is nothing, and to many `_` is `-`.
 */
export function checkExtraHeaders(headers: Readonly<Record<string, string>>): ExtraHeadersCheck {
  const entries = Object.entries(headers)
  if (entries.length > maxHeaders) return refuse('header_count', `There are ${entries.length} extra headers.`, `Send at most ${maxHeaders}.`)

  const seen = new Set<string>()
  for (const [name, value] of entries) {
    const problem = refuseName(name) ?? refuseValue(name, value)
    if (problem) return problem
    if (seen.has(name.toLowerCase())) return refuse('header_repeated', `"${name}" stands more than once; upper and lower case are the same.`, 'Join the values with a comma, or drop one.')
    seen.add(name.toLowerCase())
  }
  return { ok: true }
}

export type ExtraHeadersCheck = { ok: true } | ExtraHeadersProblem
export interface ExtraHeadersProblem { ok: false; code: ExtraHeadersProblemCode; message: string; fix: string }
export type ExtraHeadersProblemCode = keyof typeof extraHeadersProblems

/** Every reason to refuse an endpoint's extra headers, for the docs. */
export const extraHeadersProblems = {
  header_count: 'There are more than 50 extra headers.',
  header_too_long: 'The name of a header is longer than 256 characters, or its value is longer than 4,096.',
  header_name_malformed: 'The name of a header is empty or contains a character that no header name may contain.',
  header_value_malformed: 'The value of a header contains a line break, another control character, or one beyond Latin-1.',
  header_repeated: 'A header stands more than once.',
  header_reserved: 'The header is one that Posthorn or the HTTP connection sets, or one that could be mistaken for a proxy\'s or a cloud\'s.',
} as const

function refuseName(name: string): ExtraHeadersProblem | undefined {
  if (name.length > maxNameLength) return refuse('header_too_long', `The name of an extra header has ${name.length} characters.`, `Use at most ${maxNameLength}.`)
  if (!token.test(name)) return refuse('header_name_malformed', `${JSON.stringify(name)} is not the name of a header.`, 'Use letters, digits and hyphens.')
  if (!isReserved(name)) return undefined
  return refuse('header_reserved', `The header "${name}" cannot be set.`, 'Choose another name, such as "x-my-token". For a further signature, use secondSignature.')
}

function refuseValue(name: string, value: string): ExtraHeadersProblem | undefined {
  if (value.length > maxValueLength) return refuse('header_too_long', `The value of "${name}" has ${value.length} characters.`, `Use at most ${maxValueLength}.`)
  if (!fieldValue.test(value)) {
    return refuse('header_value_malformed', `The value of "${name}" contains a line break, another control character, or one beyond Latin-1.`, 'Remove it, or encode the value, for example as base64.')
  }
  return undefined
}

function isReserved(name: string): boolean {
  const dashed = name.toLowerCase().replaceAll('_', '-')
  return reservedNames.has(dashed) || reservedPrefixes.some((prefix) => dashed.startsWith(prefix)) || signatureWord.test(dashed)
}

/** Whether a format may set this header: what it says of its events and signatures, and nothing that belongs to the connection or a proxy. */
export function mayFormatSet(name: string): boolean {
  const dashed = name.toLowerCase().replaceAll('_', '-')
  return token.test(name) && name.length <= maxNameLength && dashed !== 'content-type' && dashed !== 'user-agent' && !others.has(dashed) && !othersPrefixes.some((prefix) => dashed.startsWith(prefix))
}

function refuse(code: ExtraHeadersProblemCode, message: string, fix: string): ExtraHeadersProblem {
  return { ok: false, code, message, fix }
}

const maxHeaders = 50
const maxNameLength = 256
const maxValueLength = 4_096

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** RFC 9110, section 5.5: what may be sent is a tab, what can be seen of ASCII, and the upper half of Latin-1. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Whatever calls itself a signature is ours to send, in every format and under the `-next` of a rotation; this also
 * covers formats of a user's own and RFC 9421. A receiver must never find a signature there that nobody computed.
 */
const signatureWord = /(^|-)(signature|hmac)(-|$)/

const othersPrefixes = [
  'proxy-', 'x-forwarded-', 'x-original-', // a proxy's: they would tell the receiver of a way that the request never took
  'metadata-', 'x-aws-ec2-metadata-', 'x-google-metadata-', // what cloud metadata services ask for as proof of an honest caller
]

const reservedPrefixes = [
  'webhook-', 'svix-', 'x-posthorn-', 'x-betterdata-', 'x-bearbilling-', 'x-github-', 'x-shopify-', // ours, and those of our formats
  ...othersPrefixes,
]

const others: ReadonlySet<string> = new Set([
  'host', 'content-length', 'transfer-encoding', 'content-encoding', 'content-range', 'trailer', 'te', 'expect', // framing (RFC 9110, RFC 9112)
  'connection', 'keep-alive', 'upgrade', 'http2-settings', 'via', // hop by hop (RFC 9110, section 7.6)
  'forwarded', 'x-forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-http-method-override', 'x-rewrite-url', // a proxy's
  'metadata', // Azure's metadata service
])

const reservedNames: ReadonlySet<string> = new Set([
  'content-type', 'user-agent', 'x-timestamp', 'x-slack-request-timestamp', // ours, and those of our formats
  ...others,
])
