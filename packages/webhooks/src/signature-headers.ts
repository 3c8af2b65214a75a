import type { SignedMessage, SigningScheme } from './schemes/signing-scheme.js'

/** The headers that carry these signatures: first the one in force, then (while a secret is rotated) the next. */
export function signatureHeaders(scheme: SigningScheme, message: SignedMessage, signatures: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  if (scheme.idHeader) headers[scheme.idHeader] = message.id
  if (scheme.timestampHeader) headers[scheme.timestampHeader] = timestampText(scheme, message)

  const { layout } = scheme
  switch (layout.kind) {
    case 'one':
      headers[scheme.header] = signatures[0]!
      // Receivers of these formats compare the header with one value, so the next secret's signature stands beside it.
      if (signatures.length > 1) headers[`${scheme.header}-next`] = signatures[1]!
      break
    case 'list':
      headers[scheme.header] = signatures.join(layout.separator)
      break
    case 'fields':
      headers[scheme.header] = `${layout.timestampField}=${timestampText(scheme, message)}${layout.separator}${signatures.join(layout.separator)}`
      break
  }
  return headers
}

/** What stands before each signature in the header. */
export function signaturePrefix(scheme: SigningScheme): string {
  return scheme.layout.kind === 'fields' ? `${scheme.layout.signatureField}=` : scheme.layout.prefix
}

/** The text that is signed before the body, and after it. */
export function aroundBody(scheme: SigningScheme): { before: (message: SignedMessage) => string; after: (message: SignedMessage) => string } {
  const at = scheme.signed.indexOf('body')
  const parts = (from: number, to: number) => {
    const some = scheme.signed.slice(from, to)
    return (message: SignedMessage) => {
      let text = ''
      for (const part of some) text += typeof part === 'object' ? part.literal : signedText(scheme, part, message)
      return text
    }
  }
  return at === -1
    ? { before: parts(0, scheme.signed.length), after: () => '' }
    : { before: parts(0, at), after: parts(at + 1, scheme.signed.length) }
}

function signedText(scheme: SigningScheme, part: 'id' | 'timestamp' | 'body' | 'url', message: SignedMessage): string {
  if (part === 'id') return message.id
  if (part === 'timestamp') return timestampText(scheme, message)
  return part === 'url' ? (message.url ?? '') : ''
}

function timestampText(scheme: SigningScheme, message: SignedMessage): string {
  return String(scheme.timestampUnit === 'milliseconds' ? message.timestamp * 1000 : message.timestamp)
}
