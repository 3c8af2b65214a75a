import type { SchemeName } from '../scheme-name.js'
import type { RefusalCode } from '../verdict.js'

/**
 * The status with which a refusal is told to its sender: what the documents of each print, 401 where they are silent.
 * `undefined` stands for the gateway's three senders (Commerce Gateway, "Troubleshooting": 403).
 */
export function refusalStatus(scheme: SchemeName | undefined, code: RefusalCode): number {
  // The request may be genuine; the sender shall come again.
  if (code === 'cert_unavailable') return 503
  if (code === 'malformed_body') return 400
  if (scheme === undefined) return 403
  if (scheme === 'stripe') return 400
  return scheme === 'square' || scheme === 'better-data' || scheme === 'whatsapp' ? 403 : 401
}
