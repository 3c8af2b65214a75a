import { plainText } from '../sources/plain-text.js'
import type { HeaderPairs } from './receipt.js'
import type { Vault } from '../secrets/vault.js'

/**
 * A request's headers as they are kept: signatures as they came, since a receipt is verified again with them; what lets
 * somebody in elsewhere is masked; and what is itself the secret that proves a request lies sealed.
 *
 * @param signatureHeader the header in which a source's own definition finds the signature
 */
export function keptHeaders(headers: HeaderPairs, signatureHeader: string | undefined, seal: Vault['seal']): HeaderPairs {
  const kept = signatureHeader?.toLowerCase()
  return headers.map(([name, value]) => {
    const lower = name.toLowerCase()
    if (isSecretHeader(lower)) return [plainText(name, 200), seal(value, sealContext)]
    return [plainText(name, 200), masked.has(lower) && lower !== kept ? mask : plainText(value, 16_384)]
  })
}

/** The same as verifying needs them. */
export function openedHeaders(headers: HeaderPairs, open: Vault['open']): HeaderPairs {
  return headers.map(([name, value]) => [name, isSecretHeader(name.toLowerCase()) ? open(value, sealContext) : value])
}

/** The same as people may see them. */
export function shownHeaders(headers: HeaderPairs): HeaderPairs {
  return headers.map(([name, value]) => [name, isSecretHeader(name.toLowerCase()) ? mask : value])
}

const mask = '••••'
const masked = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'])

/** GitLab sends the secret itself. */
const isSecretHeader = (name: string): boolean => name === 'x-gitlab-token'
const sealContext = 'receipt.header'
