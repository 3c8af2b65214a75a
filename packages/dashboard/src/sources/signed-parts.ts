import type { NewSource } from '@posthorn/client'

type SignedParts = NonNullable<NewSource['signedParts']>

/** What a sender signs as a form takes it: `{timestamp}.{body}`, where all that is in no braces stands for itself. */
export function signedPartsOf(template: string): SignedParts {
  return template.split(/(\{(?:id|timestamp|body|url)\})/).filter((part) => part !== '').map((part) => isName(part) ? part.slice(1, -1) as 'body' : { literal: part })
}

export function templateOf(parts: SignedParts): string {
  return parts.map((part) => typeof part === 'string' ? `{${part}}` : part.literal).join('')
}

function isName(part: string): boolean {
  return /^\{(id|timestamp|body|url)\}$/.test(part)
}
