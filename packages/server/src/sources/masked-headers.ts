import { plainText } from './plain-text.js'
import type { HeaderPairs } from './receipt.js'

/**
 * A request's headers as they are kept: signatures as they came, since a receipt is verified again with them; what lets
 * somebody in elsewhere is masked.
 *
 * @param signatureHeader the header in which a source's own definition finds the signature
 */
export function maskedHeaders(headers: HeaderPairs, signatureHeader: string | undefined): HeaderPairs {
  const kept = signatureHeader?.toLowerCase()
  return headers.map(([name, value]) => [plainText(name, 200), masked.has(name.toLowerCase()) && name.toLowerCase() !== kept ? mask : plainText(value, 16_384)])
}

export const mask = '••••'
const masked = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'])
