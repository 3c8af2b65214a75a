import type { PosthornError } from './posthorn-error.js'

export const retryTimes = { firstMs: 250, maxMs: 8_000, longestAskedMs: 60_000 } as const

/**
 * How long to wait before a request is tried again; undefined when that makes no sense. The server's own wish counts as a
 * minimum, and one that is too long to wait for is the caller's to know.
 */
export function waitBeforeRetry(error: PosthornError, triesMade: number, { retries, random }: { retries: number; random: number }): number | undefined {
  if (triesMade > retries || !isPassing(error)) return undefined
  if (error.retryAfterMs !== undefined && error.retryAfterMs > retryTimes.longestAskedMs) return undefined
  const backoffMs = Math.min(retryTimes.firstMs * 2 ** (triesMade - 1), retryTimes.maxMs)
  return Math.max(backoffMs * (0.5 + random / 2), error.retryAfterMs ?? 0)
}

/** What may be otherwise next time, without anybody changing anything. 502 and 504 are a proxy's words for a server that restarts. */
function isPassing({ code, status }: PosthornError): boolean {
  return code === 'network' || code === 'timeout' || status === 429 || status === 502 || status === 503 || status === 504
}
