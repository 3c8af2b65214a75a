import { createHash } from 'node:crypto'
import { plainText } from '../sources/plain-text.js'
import type { Accepted, Item, SchemeName } from '@posthorn/webhooks'

/**
 * What a request is known by when it comes again: the provider's id under its type, and, where the signature does not
 * cover that id, what it does cover, so that a captured request does not pass as a new one under another id.
 */
export function duplicateKeys(provider: SchemeName, { type = '', dedupeId, replayId, isDedupeIdSigned }: Accepted, body: Uint8Array): string[] {
  const keys = dedupeId === undefined ? [] : [idKey(type, dedupeId)]
  // Without the type, which a forger of the rest could choose as well.
  if (replayId !== undefined) keys.push(`r:${short(replayId)}`)
  else if (dedupeId === undefined || isDedupeIdSigned !== true) keys.push(bodyKey(sameBodyUnderManyTopics.has(provider) ? type : '', body))
  return keys
}

/** What one part of a batch is known by. A part without an id is known by the whole body and its place in it. */
export function itemKeys({ type = '', dedupeId }: Item, place: number, body: Uint8Array): string[] {
  return [dedupeId === undefined ? bodyKey(`#${place}`, body) : idKey(type, dedupeId)]
}

// Shops tell one change under several topics with the very same body; those are several events.
const sameBodyUnderManyTopics = new Set<SchemeName>(['shopify', 'woocommerce'])

const idKey = (type: string, id: string): string => `i:${short(`${type}:${id}`)}`
const bodyKey = (topic: string, body: Uint8Array): string => `b:${createHash('sha256').update(`${topic}\n`).update(body).digest('base64url')}`

/** Ids are short; one that is not is known by its digest. */
const short = (id: string): string => id.length <= 200 ? plainText(id, 200) : createHash('sha256').update(id).digest('base64url')
