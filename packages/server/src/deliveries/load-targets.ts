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
