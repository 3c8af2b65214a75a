import { checkHmac } from '../check-hmac.js'
import { textAt } from '../exact-json.js'
import type { Provider, Settings } from '../provider.js'
import type { Received } from '../received-request.js'
import type { SigningScheme } from '../schemes/signing-scheme.js'
import { refused } from '../verdict.js'

/** A plain HMAC, put together from options. */
export const genericProvider: Provider = {
  async check(request, settings) {
    if (!settings.header) return refused('option_missing', 'A generic scheme needs the name of the header that carries the signature: set header.')
    const scheme = definition(settings)
    if (scheme.signed.includes('timestamp') && !scheme.timestampHeader) return refused('option_missing', 'signedParts names the timestamp: set timestampHeader too.')
    if (scheme.signed.includes('id') && !scheme.idHeader) return refused('option_missing', 'signedParts names the id: set idHeader too.')
    return checkHmac(scheme, request, settings, settings.publicUrl ?? settings.notificationUrl ?? '')
  },
  read: (request) => readEnvelope(request, undefined),
}

/** A definition of one's own, read as any envelope with `id` and `type`. */
export function providerOf(scheme: SigningScheme): Provider {
  return {
    toleranceSeconds: scheme.toleranceSeconds,
    check: (request, settings) => checkHmac(scheme, request, settings, settings.publicUrl ?? settings.notificationUrl ?? ''),
    read: (request) => readEnvelope(request, scheme.signed.includes('id') ? scheme.idHeader : undefined),
  }
}

function readEnvelope({ headers, json }: Received, signedIdHeader: string | undefined) {
  return { dedupeId: (signedIdHeader && headers.one(signedIdHeader)) || textAt(json, 'id'), type: textAt(json, 'type'), isDedupeIdSigned: true }
}

function definition(settings: Settings): SigningScheme {
  const encoding = settings.encoding ?? 'hex'
  return {
    name: 'generic',
    algorithm: settings.algorithm ?? 'sha256',
    encoding,
    header: settings.header!,
    layout: { kind: 'one', prefix: settings.prefix ?? '' },
    signed: settings.signedParts ?? ['body'],
    secret: settings.secretEncoding ?? 'utf8',
    idHeader: settings.idHeader,
    timestampHeader: settings.timestampHeader,
    timestampUnit: settings.timestampUnit,
  }
}
