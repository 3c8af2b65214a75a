import { verify, type SigningScheme } from '@posthorn/webhooks'

/** What became of checking a request's signature. */
export interface SignatureCheck {
  isVerified: boolean
  /** Whose signature it is, or why it is nobody's, in words. */
  reason: string
  endpoint: string
  organization: string
  format: string
}

/** An endpoint that sends to an inspector: how it signs and with what. */
export interface Signer {
  endpoint: string
  organization: string
  format: string
  scheme: SigningScheme
  secrets: readonly string[]
}

/** Finds the endpoints whose URL is this inspector's. */
export type FindSigners = (inspectorId: string) => Promise<readonly Signer[]>

/** Verifies a request as its receiver would. Several endpoints may send here; the first whose signature it is tells. */
export async function checkSignature(request: CheckableRequest, findSigners: () => Promise<readonly Signer[]>): Promise<SignatureCheck | undefined> {
  if (request.isTooLarge) return undefined
  const signers = await findSigners().catch(() => [])

  let refusal: SignatureCheck | undefined
  for (const { scheme, secrets, ...who } of signers) {
    const { method, path: url, headers, body } = request
    const verdict = await verify({ method, url, headers: Object.fromEntries(headers), body }, { scheme, secrets, now: Math.floor(request.at / 1000) })
    if (verdict.ok) return { isVerified: true, reason: `Signed with the secret of ${who.endpoint}.`, ...who }
    refusal ??= { isVerified: false, reason: verdict.reason, ...who }
  }
  return refusal
}

interface CheckableRequest {
  at: number
  method: string
  path: string
  headers: readonly (readonly [name: string, value: string])[]
  body: Uint8Array
  isTooLarge: boolean
}
