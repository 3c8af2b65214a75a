import { createSigner, signingSchemes, type SigningScheme } from '@posthorn/webhooks/signer'
import { eventId } from '../ids/public-id.js'
import { formatInstant } from '../events/instant.js'
import type { StoredEvent } from '../events/event.js'

/**
 * A format is data: an envelope around the publisher's own text, headers, and a signature. It is stored with the
 * deliveries that were made with it, so that every attempt sends the same bytes whatever the next version does.
 */
export interface FormatDefinition {
  name: string
  /** The body, piece by piece: text as it stands, or a fact of the event as JSON. */
  envelope: readonly EnvelopePiece[]
  /** Headers beside the signature, content-type, user-agent and webhook-id; each a text or a fact of the event. */
  headers: Readonly<Record<string, HeaderPiece>>
  signature: SigningScheme
}

export type EnvelopePiece = string | { of: 'id' | 'type' | 'occurredAtIso' | 'occurredAtSeconds' | 'organizationId' | 'data' | 'slackText' }
export type HeaderPiece = string | { of: 'id' | 'type' | 'occurredAtIso' }

export type RenderedEvent = Pick<StoredEvent, 'id' | 'type' | 'data' | 'givenId' | 'occurredAt'>

/** The id that receivers see: the publisher's own, or ours. */
export function publicEventId(event: { id: number; givenId: string | null }): string {
  return event.givenId ?? eventId(event.id)
}

/** A format, ready for many events. */
export class Format {
  readonly #headers: readonly (readonly [string, HeaderPiece])[]

  constructor(readonly definition: FormatDefinition) {
    this.#headers = Object.entries(definition.headers)
  }

  /** The body of this event for this organization: always the same bytes. */
  body(event: RenderedEvent, organization: string): string {
    let body = ''
    for (const piece of this.definition.envelope) body += typeof piece === 'string' ? piece : fact(piece.of, event, organization)
    return body
  }

  /** What this format adds to the headers that every delivery has; the signature is the signer's. */
  addHeaders(headers: Record<string, string>, event: RenderedEvent): void {
    for (const [name, piece] of this.#headers) headers[name] = typeof piece === 'string' ? piece : headerFact(piece.of, event)
  }

  /** Prepares the keys; `secrets` in the order that `createSigner` takes them. */
  signer(secrets: readonly string[]): ReturnType<typeof createSigner> {
    return createSigner(this.definition.signature, secrets)
  }
}

function fact(of: Exclude<EnvelopePiece, string>['of'], event: RenderedEvent, organization: string): string {
  switch (of) {
    case 'data': return event.data
    case 'id': return `"${publicEventId(event)}"`
    case 'type': return `"${event.type}"`
    case 'organizationId': return JSON.stringify(organization)
    case 'occurredAtIso': return `"${isoInstant(event.occurredAt)}"`
    case 'occurredAtSeconds': return String(Math.floor(event.occurredAt / 1000))
    case 'slackText': return JSON.stringify(`*${event.type}*\n\`\`\`${event.data}\`\`\``)
  }
}

function headerFact(of: Exclude<HeaderPiece, string>['of'], event: RenderedEvent): string {
  if (of === 'id') return publicEventId(event)
  return of === 'type' ? event.type : isoInstant(event.occurredAt)
}

/** As the documents print it: whole seconds have no fraction. */
export function isoInstant(ms: number): string {
  const text = formatInstant(ms)
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

export { signingSchemes }
