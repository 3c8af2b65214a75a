import { z } from 'zod'
import { mayFormatSet } from '../endpoints/extra-headers.js'
import { parseRetryPolicy } from '../retry-policies/retry-policy.js'
import { builtInFormats } from './built-in-formats.js'
import { Format, type FormatDefinition } from './format.js'
import type { OwnFormat } from './format-book.js'

/**
 * Reads `formats` of the configuration file:
 *
 * ```ts
 * formats: {
 *   'acme-shop': {
 *     envelope: ['{"event":', { of: 'type' }, ',"payload":', { of: 'data' }, '}'],
 *     headers: { 'X-Acme-Event': { of: 'type' } },
 *     signature: { header: 'X-Acme-Signature', layout: { kind: 'one', prefix: 'sha256=' } },
 *   },
 * }
 * ```
 */
export function readOwnFormats(written: unknown): { ok: true; formats: OwnFormat[] } | { ok: false; mistakes: string[] } {
  if (written === undefined) return { ok: true, formats: [] }
  const checked = z.record(z.string(), z.unknown()).safeParse(written)
  if (!checked.success || Array.isArray(written)) return { ok: false, mistakes: ["formats: write an object with a format under each name: { 'acme-shop': { envelope: [...], signature: {...} } }."] }

  const mistakes: string[] = []
  const formats: OwnFormat[] = []
  for (const [name, value] of Object.entries(checked.data)) {
    const parsed = formatSchema.safeParse(value)
    const found = [...nameMistakes(name), ...(parsed.success ? meaningMistakes(name, parsed.data) : parsed.error.issues.map(inWords))]
    mistakes.push(...found.map((mistake) => `formats.${name}: ${mistake}`))
    if (parsed.success) formats.push({ definition: asDefinition(name, parsed.data), retryPolicy: parsed.data.retryPolicy })
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, formats }
}

const bodyFacts = ['id', 'type', 'occurredAtIso', 'occurredAtSeconds', 'organizationId', 'data'] as const
const headerFacts = ['id', 'type', 'occurredAtIso'] as const

const headerName = z.string().refine(mayFormatSet, 'is no header that a format may set.')
const text = z.string('must be text.')

function factOf<const Facts extends readonly [string, ...string[]]>(facts: Facts) {
  return z.strictObject({ of: z.enum(facts, `must be one of ${facts.join(', ')}.`) }, `must be { of: … } with one of ${facts.join(', ')}.`)
}

const layout = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('one'), prefix: text.default('') }),
  z.strictObject({ kind: z.literal('list'), separator: text.min(1), prefix: text }),
  z.strictObject({ kind: z.literal('fields'), separator: text.min(1), timestampField: text.min(1), signatureField: text.min(1) }),
], 'must have a kind: one, list or fields.')

const formatSchema = z.strictObject({
  envelope: z.array(z.union([z.string(), factOf(bodyFacts)], `must be text or { of: … } with one of ${bodyFacts.join(', ')}.`), 'must be a list of texts and facts.').min(1, 'must not be empty.'),
  headers: z.record(headerName, z.union([z.string().regex(/^[\x20-\x7e]*$/), factOf(headerFacts)], `must be printable ASCII or { of: … } with one of ${headerFacts.join(', ')}.`)).default({}),
  signature: z.strictObject({
    header: headerName,
    algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512'], 'must be sha1, sha256, sha384 or sha512.').default('sha256'),
    encoding: z.enum(['hex', 'base64'], 'must be hex or base64.').default('hex'),
    layout: layout.default({ kind: 'one', prefix: '' }),
    signed: z.array(z.union([z.enum(['id', 'timestamp', 'body']), z.strictObject({ literal: z.string() })], 'must be id, timestamp, body or { literal: "…" }.')).default(['body']),
    secret: z.enum(['utf8', 'base64', 'whsec-base64'], 'must be utf8, base64 or whsec-base64.').default('utf8'),
    idHeader: headerName.optional(),
    timestampHeader: headerName.optional(),
    timestampUnit: z.enum(['seconds', 'milliseconds'], 'must be seconds or milliseconds.').optional(),
  }, 'must be an object with at least a header.'),
  retryPolicy: z.unknown().optional().transform((policy) => policy ?? 'standard'),
}, 'must be an object with envelope and signature.')
type WrittenFormat = z.output<typeof formatSchema>

function inWords(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? '' : `${issue.path.join('.')} `
  return issue.code === 'unrecognized_keys' ? `${where}has no field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}.` : `${where}${issue.message}`
}

function nameMistakes(name: string): string[] {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 64) return ['the name must be of lower-case letters, digits and single hyphens, at most 64 of them.']
  return Object.hasOwn(builtInFormats, name) ? ['the name is that of a format that is built in; choose another.'] : []
}

/** What is wrong although each part for itself is right. */
function meaningMistakes(name: string, written: WrittenFormat): string[] {
  const { headers, signature: { header, layout, signed, idHeader, timestampHeader }, retryPolicy } = written
  const mistakes: string[] = []
  if (!signed.includes('body')) mistakes.push('signature.signed must have the body in it: otherwise anybody could change it.')
  if (signed.includes('timestamp') && timestampHeader === undefined && layout.kind !== 'fields') mistakes.push('signature.signed has the timestamp, which nothing carries; name a timestampHeader, or use a layout of fields.')
  if (signed.includes('id') && idHeader === undefined) mistakes.push("signature.signed has the id, which nothing carries; name an idHeader, such as 'webhook-id'.")
  const names = [...Object.keys(headers), header, `${header}-next`, idHeader, timestampHeader].filter((given) => given !== undefined).map((given) => given.toLowerCase())
  const repeated = names.find((given, index) => names.indexOf(given) !== index)
  if (repeated !== undefined) mistakes.push(`the header ${repeated} is set twice.`)
  const policy = parseRetryPolicy(retryPolicy)
  if (!policy.ok) mistakes.push(`retryPolicy: ${policy.message} ${policy.fix}`)
  if (!isJson(new Format(asDefinition(name, written)).body(sample, 'acme'))) mistakes.push('the envelope does not make JSON. Facts bring their own quotation marks; the texts around them need the rest.')
  return mistakes
}

const sample = { id: 1, type: 'order.created', data: '{"n":1}', givenId: null, occurredAt: 0 }

function isJson(body: string): boolean {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

function asDefinition(name: string, { envelope, headers, signature }: WrittenFormat): FormatDefinition {
  const { idHeader, timestampHeader, timestampUnit, ...always } = signature
  return {
    name, envelope, headers,
    signature: { name, ...always, ...(idHeader !== undefined && { idHeader }), ...(timestampHeader !== undefined && { timestampHeader }), ...(timestampUnit !== undefined && { timestampUnit }) },
  }
}
