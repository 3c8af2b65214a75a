import { signedPartsOf, templateOf } from './signed-parts.js'
import type { NewSource, Source } from '@posthorn/client'

/** An option of a source as a form asks for it. */
export interface OptionField {
  name: OptionName
  label: string
  hint: string
  /** One of these; text where there are none. */
  choices?: readonly (readonly [value: string, name: string])[]
  /** What is typed: of `exact` text every blank counts; `certificates` are PEM, one below another. */
  kind?: 'number' | 'url' | 'exact' | 'template' | 'certificates'
  isRequired?: boolean
  placeholder?: string
}

export type OptionName = Exclude<keyof NewSource, 'name' | 'provider' | 'secrets' | 'verifyToken' | 'organizationId' | 'notificationUrl' | 'webhookId' | 'publicKey'>

/** Options as they are typed; an empty text is the default. */
export type OptionsDraft = Partial<Record<OptionName, string>>

const publicUrl: OptionField = { name: 'publicUrl', kind: 'url', label: 'URL as the provider was given it', hint: 'It is signed. Empty: the public URL of this server.' }
const tolerance: OptionField = { name: 'toleranceSeconds', kind: 'number', label: 'Tolerance in seconds', hint: 'How far a signed time may lie from the clock of the server; empty: what is usual there.' }
const timestampHeader: OptionField = { name: 'timestampHeader', label: 'Header with the time', hint: 'Where the time is signed.', placeholder: 'X-Timestamp' }
const secretEncoding: OptionField = {
  name: 'secretEncoding', label: 'The key is', hint: 'How the key comes out of the secret.',
  choices: [['utf8', 'the text of the secret'], ['base64', 'the secret, from base64'], ['whsec-base64', 'what follows whsec_, from base64'], ['hex', 'the secret, from hexadecimal']],
}

/** What has to be known of a provider beside its secret, and is asked at once. */
const asked: Readonly<Record<string, readonly OptionField[]>> = {
  square: [publicUrl], twilio: [publicUrl],
  generic: [
    { name: 'header', label: 'Header with the signature', hint: 'As the sender names it.', isRequired: true, placeholder: 'X-Signature' },
    { name: 'signedParts', kind: 'template', label: 'What is signed', hint: 'Of {body}, {timestamp}, {id} and {url}, with what stands between them. Empty: the body.', placeholder: '{timestamp}.{body}' },
  ],
}

/** What has a good default. */
const rare: Readonly<Record<string, readonly OptionField[]>> = {
  generic: [
    { name: 'algorithm', label: 'Algorithm', hint: 'Of the HMAC. Left open: SHA-256.', choices: [['sha256', 'SHA-256'], ['sha1', 'SHA-1'], ['sha384', 'SHA-384'], ['sha512', 'SHA-512']] },
    { name: 'encoding', label: 'Signature written as', hint: 'Left open: hexadecimal.', choices: [['hex', 'hexadecimal'], ['base64', 'base64']] },
    { name: 'prefix', kind: 'exact', label: 'Before the signature stands', hint: 'In its header.', placeholder: 'sha256=' },
    secretEncoding, timestampHeader,
    { name: 'timestampUnit', label: 'The time counts', hint: 'Since 1970. Left open: seconds.', choices: [['seconds', 'seconds'], ['milliseconds', 'milliseconds']] },
    { name: 'idHeader', label: 'Header with the id', hint: 'Where the id is signed.', placeholder: 'X-Id' },
    { ...publicUrl, label: 'URL as the sender was given it', hint: 'Where the URL is signed. Empty: the public URL of this server.' },
  ],
  paypal: [
    { name: 'trustAnchors', kind: 'certificates', label: 'Roots to trust', hint: 'PEM, one below another; empty: those that Node brings along.' },
    { name: 'intermediates', kind: 'certificates', label: 'Certificates in between', hint: 'PEM; for a server that cannot fetch them.' },
  ],
  'better-data': [{ name: 'variant', label: 'What is signed', hint: 'Left open: both are tried.', choices: [['body', 'the body'], ['timestamped', 'the time and the body']] }, timestampHeader],
  twilio: [{ name: 'answer', label: 'Accepted requests are answered with', hint: 'Left open: an empty TwiML response.', choices: [['twiml', 'an empty TwiML response'], ['empty', 'nothing']] }],
  'standard-webhooks': [secretEncoding], svix: [secretEncoding], clerk: [secretEncoding], bigcommerce: [secretEncoding],
}

export function askedOptionsOf(scheme: string): readonly OptionField[] {
  return asked[scheme] ?? []
}

export function rareOptionsOf(scheme: string): readonly OptionField[] {
  return [...rare[scheme] ?? [], tolerance]
}

export function optionsDraftOf({ provider, options }: Pick<Source, 'provider' | 'options'>): OptionsDraft {
  return Object.fromEntries(fieldsOf(provider).map(({ name, kind }) => [name, textOf(options[name], kind)]))
}

/** The options as the API takes them: what is empty goes back to its default. */
export function optionsOf(draft: OptionsDraft, scheme: string): Partial<Pick<NewSource, OptionName>> {
  return Object.fromEntries(fieldsOf(scheme).map(({ name, kind }) => [name, valueOf(draft[name] ?? '', kind)]))
}

function fieldsOf(scheme: string): readonly OptionField[] {
  return [...askedOptionsOf(scheme), ...rareOptionsOf(scheme)]
}

function textOf(value: unknown, kind: OptionField['kind']): string {
  if (value === undefined || value === null) return ''
  if (kind === 'template') return templateOf(value as never)
  return kind === 'certificates' ? (value as string[]).join('\n') : String(value)
}

function valueOf(text: string, kind: OptionField['kind']): unknown {
  if (text.trim() === '') return null
  if (kind === 'exact') return text
  if (kind === 'template') return signedPartsOf(text)
  if (kind === 'number') return Number(text)
  return kind === 'certificates' ? text.match(certificate) ?? [text] : text.trim()
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g
