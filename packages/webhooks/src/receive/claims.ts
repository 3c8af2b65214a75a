import { digestSha256 } from '#hmac'
import { hex } from '../encoding.js'
import type { SchemeName } from '../scheme-name.js'
import type { Claim, DuplicateStore } from './duplicate-store.js'
import type { ProvenSender } from './proven-sender.js'

/**
 * What a request is known by when it comes again: the sender's id under its type, and, where the signature does not cover
 * that id, what it does cover, so that a captured request does not pass as a new one under another id.
 */
export async function duplicateKeys({ scheme, verdict: { type = '', dedupeId, replayId, isDedupeIdSigned } }: ProvenSender, body: Uint8Array): Promise<string[]> {
  const keys = dedupeId === undefined ? [] : [`${scheme}:${type}:${dedupeId}`]
  // Without the type, which a forger of the rest could choose as well.
  if (replayId !== undefined) keys.push(`${scheme}:replay:${replayId}`)
  else if (dedupeId === undefined || !isDedupeIdSigned) {
    // Shops tell one change under several topics with the very same body; those are several events.
    const topic = sameBodyUnderManyTopics.has(scheme) ? type : ''
    keys.push(`${scheme}:${topic}:body:${hex(await digestSha256(body))}`)
  }
  return keys
}

const sameBodyUnderManyTopics = new Set<SchemeName>(['shopify', 'woocommerce'])

export interface Claimed {
  state: Claim
  markProcessed(): Promise<void>
  release(): Promise<void>
}

/** Claims all keys or none. */
export async function claimAll(store: DuplicateStore, keys: readonly string[]): Promise<Claimed> {
  const claimed: string[] = []
  const release = async () => {
    for (const key of claimed) await store.release(key)
  }
  for (const key of keys) {
    const state = await store.claim(key)
    if (state !== 'claimed') {
      await release()
      return { state, markProcessed: async () => {}, release: async () => {} }
    }
    claimed.push(key)
  }
  return {
    state: 'claimed',
    release,
    async markProcessed() {
      for (const key of claimed) await store.markProcessed(key)
    },
  }
}
