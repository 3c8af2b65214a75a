/**
 * A copy in which every field whose name speaks of a secret reads `[redacted]`, at any depth. Errors become plain
 * objects, for they carry fields too (a database driver hangs its connection settings on them).
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 0)
}

/** The text without what looks like one of our keys and secrets, a bearer token, or a password in a URL. */
export function redactText(text: string): string {
  return mayHoldSecret.test(text) ? secretTexts.reduce((rest, pattern) => rest.replace(pattern, `$1${redacted}`), text) : text
}

function redactObject(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) copy[name] = isSecretName(name) && value !== undefined ? redacted : redactValue(value, depth)
  return copy
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value
  if (depth === maxDepth) return '[deeper]'
  if (value instanceof Error) return redactError(value, depth + 1)
  // Header lists in the [name, value] form: the name stands beside its value instead of before it.
  if (Array.isArray(value)) {
    const [name] = value
    if (value.length === 2 && typeof name === 'string' && isSecretName(name)) return [name, redacted]
    return value.map((item) => redactValue(item, depth + 1))
  }
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), depth + 1)
  if (value instanceof Map || value instanceof Headers) return redactObject(Object.fromEntries(value), depth + 1)
  return redactObject(value as Record<string, unknown>, depth + 1)
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    name,
    message,
    stack,
    ...redactObject({ ...error }, depth),
    ...(cause !== undefined && { cause: redactValue(cause, depth) }),
    ...(error instanceof AggregateError && { errors: redactValue(error.errors, depth) }),
  }
}

/** Field and header names in any spelling: `apiKey`, `x-api-key`, `API_KEY`. Names of public things that end in "key" are listed apart. */
function isSecretName(name: string): boolean {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const isSecret = secretNames.test(plain) && !publicNames.has(plain)
  if (knownNames.size < 1_000) knownNames.set(name, isSecret)
  return isSecret
}

const redacted = '[redacted]'
const maxDepth = 8
const secretNames = /authorization$|secrets?$|keys?$|tokens?$|passwords?$|passwd$|passphrase$|cookies?$|credentials?$|^databaseurl$|^connectionstring$/
const publicNames = new Set(['publickey', 'keyid'])
const knownNames = new Map<string, boolean>()

const mayHoldSecret = /whsec_|whsk_|ph_|bearer|basic|:\/\//i
const secretTexts = [
  /(\bwhs(?:ec|k)_)[A-Za-z0-9+/=_-]+/g,
  /(\bph_)[0-9A-Za-z]{32,}/g,
  /(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+(?=@)/gi,
]
