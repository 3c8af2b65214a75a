import { z } from '@hono/zod-openapi'
import { schemeNames, type SchemeName } from '@posthorn/webhooks'
import { formatInstant } from '../../events/instant.js'
import { Problem } from '../../problems/problem.js'
import { sourceNamePattern, sourceStates, type OpenSource, type Source, type SourceOptions } from '../../sources/source.js'

const line = (max: number) => z.string().min(1).max(max)
const url = z.url({ protocol: /^https?$/, error: 'Write it as the provider has it: https://…' }).max(2_048)
const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Is not the name of a header.')
const pem = z.string().max(20_000).regex(/-----BEGIN CERTIFICATE-----/, 'Is no certificate in PEM.')

/** What a provider's verification may need beside its secrets. */
const options = {
  publicUrl: url.nullable().optional().openapi({ description: 'The URL that the provider was given, where it is signed (Square, Twilio). Left out: POSTHORN_PUBLIC_URL/webhooks/{name}.' }),
  notificationUrl: url.nullable().optional().openapi({ description: 'Square: another word for publicUrl.' }),
  webhookId: line(200).nullable().optional().openapi({ description: 'PayPal: the id of the webhook.' }),
  publicKey: line(4_000).nullable().optional().openapi({ description: 'SendGrid: the verification key.' }),
  trustAnchors: z.array(pem).max(10).nullable().optional().openapi({ description: 'PayPal: the roots to trust; those of Node where left out.' }),
  intermediates: z.array(pem).max(10).nullable().optional().openapi({ description: "PayPal: certificates between its own and a root, where they cannot be fetched." }),
  toleranceSeconds: z.number().int().min(1).max(30 * 86_400).nullable().optional().openapi({ description: 'How far the signed time may lie from our clock.' }),
  variant: z.enum(['body', 'timestamped']).nullable().optional().openapi({ description: 'Better Data: what is signed; both are tried where left out.' }),
  answer: z.enum(['twiml', 'empty']).nullable().optional().openapi({ description: 'Twilio: what accepted requests are answered with. Left out: an empty TwiML response.' }),
  secretEncoding: z.enum(['utf8', 'base64', 'whsec-base64', 'hex']).nullable().optional(),
  header: header.nullable().optional().openapi({ description: 'generic: the header that carries the signature.' }),
  algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512']).nullable().optional(),
  encoding: z.enum(['hex', 'base64']).nullable().optional(),
  prefix: line(100).nullable().optional(),
  signedParts: z.array(z.union([z.enum(['id', 'timestamp', 'body', 'url']), z.strictObject({ literal: line(100) })])).min(1).max(10).nullable().optional(),
  idHeader: header.nullable().optional(),
  timestampHeader: header.nullable().optional(),
  timestampUnit: z.enum(['seconds', 'milliseconds']).nullable().optional(),
}
const optionNames = Object.keys(options) as (keyof typeof options)[]

const secrets = z.array(line(10_000)).max(10).openapi({ description: 'All that count; while one is changed, the old and the new.' })
const verifyToken = line(1_000).nullable().optional().openapi({ description: 'Meta: the token of the GET challenge.' })

export const newSource = z.strictObject({
  name: z.string().regex(sourceNamePattern, 'Use 1 to 64 letters, digits, "_" and "-".').openapi({ example: 'stripe', description: 'The last word of the inbound URL.' }),
  provider: z.enum(schemeNames),
  secrets: secrets.default([]),
  verifyToken,
  organizationId: z.string().max(64).nullable().optional().openapi({ description: 'Whose all of these events are. Left out, each event says so itself.' }),
  ...options,
}).openapi('NewSource')

export const sourceChanges = z.strictObject({
  secrets: secrets.optional(),
  verifyToken,
  organizationId: z.string().max(64).nullable().optional(),
  state: z.enum(sourceStates).optional(),
  ...options,
}).openapi('SourceChanges')

export const sourceSchema = z.object({
  id: z.string(), name: z.string(), provider: z.string(), url: z.string().openapi({ description: 'Where the provider sends to; a path where the server does not know its own URL.' }),
  organizationId: z.string().nullable(), state: z.enum(sourceStates),
  managed: z.boolean().openapi({ description: 'A setting of the server is this source.' }),
  secretHints: z.array(z.string()), hasVerifyToken: z.boolean(), options: z.looseObject({}), createdAt: z.string(), updatedAt: z.string(),
}).openapi('Source')

export const newLink = z.strictObject({
  provider: z.enum(schemeNames), account: line(200).openapi({ description: "The provider's customer, merchant or shop." }), organizationId: z.string().max(64),
}).openapi('NewSourceLink')

export const linkSchema = z.object({
  id: z.string(), provider: z.string(), account: z.string(), organizationId: z.string(),
  learned: z.boolean().openapi({ description: 'Out of an event that named both.' }), createdAt: z.string(),
}).openapi('SourceLink')

type GivenOptions = Partial<Record<keyof typeof options, unknown>>

/** The options that a request gives over those that were there: null takes one away. */
export function optionsFrom(given: GivenOptions, before: SourceOptions = {}): SourceOptions {
  const merged: Record<string, unknown> = { ...before }
  for (const name of optionNames) {
    if (given[name] === null) delete merged[name]
    else if (given[name] !== undefined) merged[name] = given[name]
  }
  return merged as SourceOptions
}

/** Tells what a source would refuse everything for, while somebody is there to read it. */
export function checkSource(provider: SchemeName, secretList: readonly string[], { webhookId, publicKey, header: signature }: SourceOptions): void {
  if (provider === 'paypal') return demand(webhookId, 'webhookId', 'PayPal signs the id of the webhook')
  if (provider === 'sendgrid') return demand(publicKey, 'publicKey', 'SendGrid signs with a key of which this is the public part')
  if (provider === 'generic') demand(signature, 'header', 'nothing says where the signature stands')
  demand(secretList[0], 'secrets', 'without one nothing can be verified')
}

function demand(value: unknown, path: string, why: string): void {
  if (value === undefined) throw new Problem('invalid_request', `"${path}" is missing: ${why}.`, { errors: [{ path, code: 'required', message: `is missing: ${why}` }] })
}

/** A source as the API tells it: of its secrets only as much as tells two of them apart. */
export function showSource(source: Source, open: Pick<OpenSource, 'secrets' | 'verifyToken' | 'options'>, { publicUrl, organizationId, id }: { publicUrl: string | undefined; organizationId: string | null; id: string }) {
  return {
    id, name: source.name, provider: source.provider, url: open.options.publicUrl ?? `${publicUrl ?? ''}/webhooks/${source.name}`, organizationId, state: source.state, managed: source.isManaged,
    secretHints: open.secrets.map((text) => text.length >= 24 ? `…${text.slice(-4)}` : '…'), hasVerifyToken: open.verifyToken !== undefined, options: { ...open.options },
    createdAt: formatInstant(source.createdAt), updatedAt: formatInstant(source.updatedAt),
  }
}
