import { headerView } from '../header-view.js'
import type { SchemeName } from '../scheme-name.js'
import { refused, type Accepted, type Refused } from '../verdict.js'
import { verify } from '../verify.js'
import { problemAnswer, type Answer } from './answer.js'
import type { ArrivedRequest } from './arriving-request.js'
import type { GatewayProvider } from './gateway-events.js'
import type { AnyOptions } from './handler-options.js'
import { refusalStatus } from './refusal-status.js'
import { secretsFrom, type GatewaySecrets, type SecretSource } from './secret-source.js'

/** Who sent a request, proven. */
export interface ProvenSender {
  scheme: SchemeName
  /** True when the sender was found by its headers, and its events speak the gateway's words. */
  isGateway: boolean
  verdict: Accepted
}

/** Finds the sender of a request and proves it, or answers why not. */
export async function provenSender(request: ArrivedRequest, options: AnyOptions): Promise<ProvenSender | Answer> {
  const scheme = options.scheme ?? gatewayProvider(request)
  const verdict = typeof scheme === 'object' ? scheme : await verify(request, { ...options, scheme, secrets: await secretsFrom(secretOf(options, scheme)) })
  if (verdict.ok) return { scheme: scheme as SchemeName, isGateway: options.scheme === undefined, verdict }
  await options.onRefused?.(verdict)
  return problemAnswer(refusalStatus(options.scheme, verdict.code), verdict.code, verdict.reason)
}

const signatureHeaders: Record<GatewayProvider, readonly string[]> = {
  shopify: ['x-shopify-hmac-sha256', 'shopify-hmac-sha256'],
  square: ['x-square-hmacsha256-signature'],
  'better-data': ['x-betterdata-signature'],
}

/** Each of the three signs in a header of its own. Two of them at once is nothing that a sender does. */
function gatewayProvider({ headers }: ArrivedRequest): GatewayProvider | Refused {
  const view = headerView(headers)
  const found = (Object.keys(signatureHeaders) as GatewayProvider[]).filter((provider) => signatureHeaders[provider].some((name) => view.all(name).length > 0))
  if (found.length === 1) return found[0]!
  return found.length === 0
    ? refused('missing_header', 'There is no signature of Shopify, Square or Better Data on this request, so nothing says who sent it.')
    : refused('malformed_header', `The request carries signatures of several senders at once: ${found.join(', ')}.`)
}

function secretOf({ secret }: AnyOptions, scheme: SchemeName): SecretSource {
  if (typeof secret !== 'object' || Array.isArray(secret)) return secret as SecretSource
  const secrets = secret as GatewaySecrets
  return scheme === 'better-data' ? secrets.betterData : secrets[scheme as 'shopify' | 'square']
}
