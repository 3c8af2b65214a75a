import { z } from '@hono/zod-openapi'
import { operation } from '../operation.js'
import { retryPolicySchema } from '../schemas/retry-policy-schema.js'
import type { FormatBook, KnownFormat } from '../../formats/format-book.js'

const tag = 'Formats'

const piece = z.union([z.string(), z.object({ of: z.string() })])

const format = z.object({
  name: z.string().openapi({ example: 'standard' }),
  isBuiltIn: z.boolean().openapi({ description: "Otherwise it is the operator's own, out of `posthorn.config`." }),
  envelope: z.array(piece).openapi({ description: 'The body, piece by piece: text as it stands, or a fact of the event as JSON.' }),
  headers: z.record(z.string(), piece).openapi({ example: { 'X-GitHub-Event': { of: 'type' } }, description: 'Headers beside the signature, content-type, user-agent and webhook-id.' }),
  signature: z.object({
    header: z.string().openapi({ example: 'webhook-signature' }), algorithm: z.string().openapi({ example: 'sha256' }), encoding: z.enum(['hex', 'base64']),
    layout: z.looseObject({ kind: z.enum(['one', 'list', 'fields']) }).openapi({ description: 'How one or several signatures stand in the header.' }),
    signed: z.array(z.union([z.string(), z.object({ literal: z.string() })])).openapi({ description: 'What is signed, in this order.' }),
    secret: z.string().openapi({ example: 'whsec-base64', description: 'How the key of the HMAC comes out of the signing secret: `utf8` is the whole of it.' }),
    idHeader: z.string().nullable(), timestampHeader: z.string().nullable(), timestampUnit: z.enum(['seconds', 'milliseconds']),
  }),
  retryPolicy: retryPolicySchema,
}).openapi('Format')

const formats = z.object({ data: z.array(format) })

const listFormats = operation({
  method: 'get',
  path: '/v1/formats',
  summary: "Lists the formats that there are: those that are built in, and the operator's own.",
  tag,
  scope: 'admin',
  answers: { 200: formats },
  handle: async (_request, { formatBook }) => ({ status: 200, body: show(formatBook) }),
})

const listFormatsOfOrganization = operation({
  method: 'get',
  path: '/v1/organizations/{org}/formats',
  summary: 'Lists the formats that its endpoints may have.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: formats },
  handle: async (_request, { formatBook }) => ({ status: 200, body: show(formatBook) }),
})

export const formatsOperations = [listFormats, listFormatsOfOrganization]

function show({ all }: FormatBook): z.input<typeof formats> {
  return { data: all.map(showFormat) }
}

function showFormat({ definition: { name, envelope, headers, signature }, retryPolicy, isBuiltIn }: KnownFormat): z.input<typeof format> {
  return {
    name, isBuiltIn, envelope: [...envelope], headers: { ...headers }, retryPolicy: retryPolicy as z.input<typeof retryPolicySchema>,
    signature: {
      header: signature.header, algorithm: signature.algorithm, encoding: signature.encoding, layout: { ...signature.layout }, signed: [...signature.signed], secret: signature.secret,
      idHeader: signature.idHeader ?? null, timestampHeader: signature.timestampHeader ?? null, timestampUnit: signature.timestampUnit ?? 'seconds',
    },
  }
}
