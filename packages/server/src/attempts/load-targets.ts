import { parseRetryPolicy } from '../retry-policies/retry-policy.js'
import { endpointStates } from '../endpoints/endpoint.js'
import { sealContext, signingSecrets, type SecondSignature, type SigningSecrets } from '../endpoints/signing-secrets.js'
import type { LoadedEndpoint } from '../endpoints/read-endpoints.js'
import type { Format } from '../formats/format.js'
import type { Target } from './target.js'

export interface TargetRules {
  open(sealed: string, context: string): string
  /** The newest format of each name, for second signatures. */
  formatNamed(name: string): Format | undefined
  defaultTimeoutMs: number
  now: number
}

/** Loads endpoints for a sender. */
export function targetLoader({ load, open, defaultTimeoutMs, now }: {
  load(ids: number[]): Promise<LoadedEndpoint[]>
  open(sealed: string, context: string): string
  defaultTimeoutMs: number
  now(): number
}): (ids: number[], formats: ReadonlyMap<number, Format>) => Promise<Target[]> {
  return async (ids, formats) => {
    // Later ones replace earlier ones of the same name: the newest is what a second signature is made with.
    const newest = new Map([...formats.values()].map((format) => [format.definition.name, format]))
    const endpoints = await load(ids)
    const rules: TargetRules = { open, formatNamed: (name) => newest.get(name), defaultTimeoutMs, now: now() }
    return endpoints.map((endpoint) => prepareOrFail(endpoint, rules))
  }
}

/** One endpoint whose secret cannot be opened must not keep the others from sending; what is due to it rests, uncharged. */
function prepareOrFail(endpoint: LoadedEndpoint, rules: TargetRules): Target {
  try {
    return prepareTarget(endpoint, rules)
  } catch (error) {
    const unsigned = { ...endpoint, sealedSecrets: '', sealedHeaders: null, sealedSecondSignature: null }
    return { ...prepareTarget(unsigned, { ...rules, open: () => '{"current":""}' }), sign() { throw error } }
  }
}

/** Opens what is sealed and prepares everything that attempts to this endpoint have in common. */
export function prepareTarget(endpoint: LoadedEndpoint, rules: TargetRules): Target {
  const open = (sealed: string, column: Parameters<typeof sealContext>[1]): unknown => JSON.parse(rules.open(sealed, sealContext(endpoint.organizationPublicId, column)))
  const secrets = open(endpoint.sealedSecrets, 'secrets') as SigningSecrets
  const extraHeaders = endpoint.sealedHeaders === null ? {} : open(endpoint.sealedHeaders, 'headers') as Record<string, string>
  const second = endpoint.sealedSecondSignature === null ? undefined : open(endpoint.sealedSecondSignature, 'second_signature') as SecondSignature
  const url = new URL(endpoint.url)
  const policy = parseRetryPolicy(endpoint.retryPolicy)

  return {
    endpointId: endpoint.id,
    organizationId: endpoint.organizationId,
    organization: endpoint.organizationPublicId,
    version: endpoint.version,
    isEnabled: endpoint.state === endpointStates.enabled,
    url: endpoint.url,
    origin: url.origin,
    path: url.pathname + url.search,
    timeoutMs: endpoint.timeoutMs ?? rules.defaultTimeoutMs,
    spacingMs: endpoint.ratePerSecond === null ? 0 : 1000 / endpoint.ratePerSecond,
    ordered: endpoint.ordered,
    waitsMs: policy.ok ? policy.waitsMs : [0],
    extraHeaders,
    staleAt: signingSecrets(secrets, { kind: 'one', prefix: '' }, rules.now).changesAt ?? null,
    sign: prepareSigning(secrets, second, rules),
  }
}

/** Signers are made when a format is first needed: an endpoint rarely has deliveries of more than one. */
function prepareSigning(secrets: SigningSecrets, second: SecondSignature | undefined, { formatNamed, now }: TargetRules): Target['sign'] {
  const signers = new Map<Format, ReturnType<Format['signer']>>()
  const signerOf = (format: Format, of: SigningSecrets): ReturnType<Format['signer']> => format.signer(signingSecrets(of, format.definition.signature.layout, now).secrets)
  const secondFormat = second === undefined ? undefined : formatNamed(second.format)
  const secondSigner = secondFormat === undefined ? undefined : signerOf(secondFormat, second?.secret === undefined ? secrets : { current: second.secret })

  return (format, message) => {
    let signer = signers.get(format)
    if (signer === undefined) {
      signer = signerOf(format, secrets)
      signers.set(format, signer)
    }
    return secondSigner === undefined ? signer(message) : { ...secondSigner(message), ...signer(message) }
  }
}
