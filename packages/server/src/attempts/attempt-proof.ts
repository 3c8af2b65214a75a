import { createSigner, type SigningScheme } from '@posthorn/webhooks/signer'
import type { SigningSecrets } from '../endpoints/signing-secrets.js'

/** How a receiver proves one attempt: which bytes were signed, where the signatures stand, and whose they are. Nothing of it tells a secret. */
export interface AttemptProof {
  algorithm: SigningScheme['algorithm']
  encoding: SigningScheme['encoding']
  /** How the key of the HMAC comes out of the signing secret. */
  secret: SigningScheme['secret']
  /** What is signed, in this order, one right behind the other. */
  signedParts: { part: 'id' | 'timestamp' | 'body' | 'url' | 'literal'; header: string | null; value: string }[]
  signedContent: string
  headers: { name: string; carries: 'signature' | 'next_signature' | 'timestamp' | 'id'; value: string }[]
  signatures: { header: string; value: string; /** Undefined: with none that is known now. */ madeWith: 'current' | 'previous' | undefined }[]
}

/** Undefined where the request does not carry what the format signs. */
export function proveAttempt({ scheme, requestHeaders, body, secrets }: { scheme: SigningScheme; requestHeaders: Readonly<Record<string, string>>; body: string; secrets: SigningSecrets | undefined }): AttemptProof | undefined {
  const sent = new Map(Object.entries(requestHeaders).map(([name, value]) => [name.toLowerCase(), value]))
  const valueOf = (header: string): string | undefined => sent.get(header.toLowerCase())
  const { layout } = scheme
  const timestampHeader = layout.kind === 'fields' ? scheme.header : scheme.timestampHeader
  const idHeader = scheme.idHeader ?? 'webhook-id'
  const signatureText = valueOf(scheme.header)
  const timestamp = layout.kind === 'fields' ? fieldOf(signatureText ?? '', layout.separator, layout.timestampField) : timestampHeader === undefined ? undefined : valueOf(timestampHeader)
  const id = valueOf(idHeader)
  if (signatureText === undefined) return undefined

  const signedParts: AttemptProof['signedParts'] = scheme.signed.map((part) => {
    if (typeof part === 'object') return { part: 'literal', header: null, value: part.literal }
    if (part === 'id') return { part, header: idHeader, value: id ?? '' }
    return part === 'timestamp' ? { part, header: timestampHeader ?? null, value: timestamp ?? '' } : { part, header: null, value: part === 'body' ? body : '' }
  })
  const message = { id: id ?? '', timestamp: Number(timestamp ?? 0) / (scheme.timestampUnit === 'milliseconds' ? 1_000 : 1), body }
  const nextHeader = `${scheme.header}-next`
  const made = (['current', 'previous'] as const).flatMap((name) => {
    const secret = secrets?.[name]
    return secret === undefined ? [] : [{ name, signatures: new Set(signaturesIn(scheme, createSigner(scheme, [secret])(message)[scheme.header] ?? '')) }]
  })
  const signatures = [scheme.header, nextHeader].flatMap((header) => signaturesIn(scheme, valueOf(header) ?? '').map((value) => ({
    header, value, madeWith: made.find(({ signatures: own }) => own.has(value))?.name,
  })))
  const carriers = [
    { name: scheme.header, carries: 'signature' as const }, { name: nextHeader, carries: 'next_signature' as const },
    ...(scheme.timestampHeader === undefined ? [] : [{ name: scheme.timestampHeader, carries: 'timestamp' as const }]),
    ...(scheme.idHeader === undefined ? [] : [{ name: scheme.idHeader, carries: 'id' as const }]),
  ]
  return {
    algorithm: scheme.algorithm, encoding: scheme.encoding, secret: scheme.secret, signedParts, signedContent: signedParts.map(({ value }) => value).join(''),
    headers: carriers.flatMap((carrier) => {
      const value = valueOf(carrier.name)
      return value === undefined ? [] : [{ ...carrier, value }]
    }),
    signatures,
  }
}

/** As they stand in the header, with what stands before each. */
function signaturesIn({ layout }: SigningScheme, text: string): string[] {
  if (text === '') return []
  switch (layout.kind) {
    case 'one': return [text]
    case 'list': return text.split(layout.separator)
    case 'fields': return text.split(layout.separator).filter((field) => field.startsWith(`${layout.signatureField}=`))
  }
}

function fieldOf(text: string, separator: string, name: string): string | undefined {
  return text.split(separator).find((field) => field.startsWith(`${name}=`))?.slice(name.length + 1)
}
