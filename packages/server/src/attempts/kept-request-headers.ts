import { contentType } from './target.js'

/**
 * The headers of a request as they are kept with its attempt: JSON without what every request of this event carries (a
 * seventh of what an attempt takes), and without secrets. Whoever reads the log may read webhooks, not those.
 */
export function keptRequestHeaders(sent: Readonly<Record<string, string>>, publicEventId: string): string {
  const kept: Record<string, string> = {}
  for (const name in sent) {
    const value = sent[name] as string
    if ((name === 'content-type' && value === contentType) || (name === 'webhook-id' && value === publicEventId)) continue
    kept[name] = credentialHeader.test(name) ? '••••' : value
  }
  return JSON.stringify(kept)
}

/** What `keptRequestHeaders` kept, with what it left out. Nothing at all where nothing is kept any more. `publicEventId`: null where the event is gone. */
export function readKeptRequestHeaders(kept: string, publicEventId: string | null): Record<string, string> {
  const headers = JSON.parse(kept) as Record<string, string>
  if (Object.keys(headers).length === 0) return {}
  return { 'content-type': contentType, ...publicEventId !== null && { 'webhook-id': publicEventId }, ...headers }
}

const credentialHeader = /authorization|cookie|token|secret|api-?key|password/i
