import type { Format } from '../formats/format.js'
import type { StoredEvent } from '../events/event.js'

/** An endpoint as the sender needs it: everything that does not change from one attempt to the next is prepared. */
export interface Target {
  endpointId: number
  organizationId: number
  organization: string
  version: number
  isEnabled: boolean
  url: string
  origin: string
  path: string
  timeoutMs: number
  /** Milliseconds between two attempts, for an endpoint with a rate; 0 for none. */
  spacingMs: number
  ordered: boolean
  waitsMs: readonly number[]
  extraHeaders: Readonly<Record<string, string>>
  /** When the set of secrets in force changes by itself (a rotation's overlap ends); the target is read anew then. */
  staleAt: number | null
  /** Signs with the endpoint's secrets in the given format, second signature included. */
  sign(format: Format, message: { id: string; timestamp: number; body: string }): Record<string, string>
}

/** Of every webhook, unless an endpoint's own headers say otherwise. */
export const contentType = 'application/json'

/** The request of one attempt. The same event and format give the same body and id every time; time and signature are the attempt's. */
export function renderRequest(target: Pick<Target, 'organization' | 'extraHeaders' | 'sign'>, format: Format, event: StoredEvent, id: string, nowMs: number, userAgent: string): { headers: Record<string, string>; body: string } {
  const body = format.body(event, target.organization)
  const headers: Record<string, string> = { 'content-type': contentType, 'user-agent': userAgent, 'webhook-id': id }
  format.addHeaders(headers, event)
  Object.assign(headers, target.extraHeaders, target.sign(format, { id, timestamp: Math.floor(nowMs / 1000), body }))
  return { headers, body }
}
