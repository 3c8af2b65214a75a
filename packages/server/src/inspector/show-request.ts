import type { RecordedRequest } from './recorded-request.js'
import type { SignatureCheck } from './signature-check.js'

export interface ShownRequest {
  number: number
  at: string
  method: string
  path: string
  status: number
  headers: Readonly<Record<string, string>>
  /** The body as text; base64 where it is not UTF-8. */
  body: string
  bodyEncoding: 'utf8' | 'base64'
  tooLarge: boolean
  /** Null while no endpoint of this server sends here. */
  signature: { verified: boolean; reason: string; endpoint: string; organization: string; format: string } | null
}

/** A request as `GET /inspect/:id/requests` tells it. */
export function showRequest({ number, at, method, path, status, headers, body, isTooLarge, signature }: RecordedRequest & { signature: SignatureCheck | undefined }): ShownRequest {
  const text = textOf(body)
  return {
    number, at: new Date(at).toISOString(), method, path, status, headers: Object.fromEntries(headers),
    body: text ?? Buffer.from(body).toString('base64'), bodyEncoding: text === undefined ? 'base64' : 'utf8', tooLarge: isTooLarge,
    signature: signature === undefined ? null : { verified: signature.isVerified, reason: signature.reason, endpoint: signature.endpoint, organization: signature.organization, format: signature.format },
  }
}

/** The bytes as text, where they are UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
