import { equalBytes, hmac, hmacKey, type HmacKey } from '#hmac'
import { verifyEd25519 } from '#public-key'
import { checkClock, secondsFrom } from './clock.js'
import { diagnosisBudget } from './diagnosis-budget.js'
import { joinBytes, utf8 } from './encoding.js'
import { likelyBodies, likelySecrets } from './mismatch-guesses.js'
import type { Proof, Settings } from './provider.js'
import type { Received } from './received-request.js'
import { signatureCandidates, type SignatureCandidates } from './signature-candidates.js'
import type { SecretEncoding, SigningScheme } from './schemes/signing-scheme.js'
import { canSignEd25519, ed25519PublicKey, hmacKeyBytes } from './signing-key.js'
import { refused, type Refused } from './verdict.js'

/** Checks a request against one scheme, with every secret and every signature in it. */
export async function checkHmac(scheme: SigningScheme, request: Received, settings: Settings, url = ''): Promise<Proof | Refused> {
  const found = signatureCandidates(scheme, request.headers)
  if ('ok' in found) return found
  const seconds = found.timestamp === undefined ? undefined : secondsFrom(found.timestamp, scheme.timestampUnit)
  if (found.timestamp !== undefined && seconds === undefined) {
    return refused('malformed_header', `The signed time is no whole number of ${scheme.timestampUnit ?? 'seconds'} since 1970.`)
  }

  const keys = keysOf(scheme, settings.secrets)
  if ('ok' in keys) return keys
  const content = contentOf(scheme, found, request.body, url)
  const matching = await matchingKey(keys, found, content)
  if (!matching) return mismatch(scheme, request, settings, found, keys, url)

  const wrongTime = seconds === undefined ? undefined : checkClock(seconds, settings.now, settings.toleranceSeconds)
  if (wrongTime) return wrongTime
  return { ok: true, sign: matching.hmac && ((text) => hmac(matching.hmac!, utf8(text))) }
}

/** True when one of the secrets, read this way, made one of these signatures over `content`. Every pair is computed and compared. */
export async function isSignedBy(secrets: readonly string[], encoding: SecretEncoding, algorithm: SigningScheme['algorithm'], content: Uint8Array, signatures: readonly Uint8Array[]): Promise<boolean> {
  let isSigned = false
  for (const secret of secrets) {
    const bytes = hmacKeyBytes(encoding, secret)
    if (!bytes) continue
    const expected = await hmac(hmacKey(algorithm, bytes), content)
    for (const signature of signatures) {
      const isEqual = equalBytes(expected, signature)
      isSigned ||= isEqual
    }
  }
  return isSigned
}

/** Why there is nothing to check with; undefined when at least one secret can be used. */
export function secretsProblem(secrets: readonly string[], encoding: SecretEncoding, what: string): Refused | undefined {
  if (secrets.every((secret) => secret.trim() === '')) return refused('secret_missing', `No secret for ${what} is configured here, so nothing can be verified. Is the environment variable set?`)
  if (secrets.some((secret) => hmacKeyBytes(encoding, secret))) return undefined
  return refused('secret_unusable', `The secret for ${what} cannot be read as ${encodingName[encoding]}.`)
}

interface Key { hmac?: HmacKey; ed25519?: Uint8Array }

const encodingName: Record<SecretEncoding, string> = {
  utf8: 'text', hex: 'hex', base64: 'base64', 'whsec-base64': '"whsec_" followed by base64. If the sender uses the text itself as the key, set secretEncoding to "utf8"',
}

function keysOf(scheme: SigningScheme, secrets: readonly string[]): Key[] | Refused {
  const keys: Key[] = []
  for (const secret of secrets) {
    const publicKey = canSignEd25519(scheme) ? ed25519PublicKey(secret) : undefined
    if (publicKey) keys.push({ ed25519: publicKey })
    else {
      const bytes = hmacKeyBytes(scheme.secret, secret)
      if (bytes) keys.push({ hmac: hmacKey(scheme.algorithm, bytes) })
    }
  }
  return keys.length > 0 ? keys : secretsProblem(secrets, scheme.secret, scheme.name)!
}

async function matchingKey(keys: readonly Key[], found: SignatureCandidates, content: Uint8Array): Promise<Key | undefined> {
  let matching: Key | undefined
  for (const key of keys) {
    if (key.ed25519) {
      for (const signature of found.ed25519) {
        const isRight = await verifyEd25519(key.ed25519, content, signature)
        if (isRight) matching ??= key
      }
    } else {
      const expected = await hmac(key.hmac!, content)
      for (const signature of found.hmacs) {
        const isEqual = equalBytes(expected, signature)
        if (isEqual) matching ??= key
      }
    }
  }
  return matching
}

function contentOf(scheme: SigningScheme, { id, timestamp }: SignatureCandidates, body: Uint8Array, url: string): Uint8Array {
  return joinBytes(scheme.signed.map((part) => {
    if (typeof part === 'object') return utf8(part.literal)
    if (part === 'body') return body
    return utf8({ id: id ?? '', timestamp: timestamp ?? '', url }[part])
  }))
}

/** Nothing fits. A developer needs to know which of the usual mistakes it was, so those are tried while there is time. */
async function mismatch(scheme: SigningScheme, request: Received, settings: Settings, found: SignatureCandidates, keys: readonly Key[], url: string): Promise<Refused> {
  const reason = await diagnosisBudget.spend(request.body.length, () => usualMistake(scheme, request, settings, found, keys, url))
  if (reason) return refused('signature_mismatch', reason)
  if (found.hmacs.length === 0) return refused('signature_mismatch', `"${scheme.header}" holds only Ed25519 signatures (v1a) and none fits: pass the sender's public key (whpk_…).`)
  return refused('signature_mismatch', `None of the signatures in "${scheme.header}" fits this body under ${keys.length === 1 ? 'the secret' : `any of the ${keys.length} secrets`} configured here. `
    + 'Either the secret belongs to another endpoint, or the body is not the bytes that were sent: verify before any parser runs.')
}

async function usualMistake(scheme: SigningScheme, request: Received, settings: Settings, found: SignatureCandidates, keys: readonly Key[], url: string): Promise<string | undefined> {
  const content = contentOf(scheme, found, request.body, url)
  const fits = (secret: string, encoding: SecretEncoding) => isSignedBy([secret], encoding, scheme.algorithm, content, found.hmacs)

  for (const guess of likelySecrets(settings.secrets, scheme.secret)) {
    if (await fits(guess.secret, guess.encoding)) return guess.reason
  }
  for (const [name, secrets] of Object.entries(settings.otherSecrets ?? {})) {
    for (const secret of secrets) {
      if (await fits(secret, scheme.secret)) return `The request is genuine, but signed with another of your secrets: "${name}". Configure that one for this URL.`
    }
  }
  for (const guess of likelyBodies(request.text)) {
    if (await matchingKey(keys, found, contentOf(scheme, found, utf8(guess.body), url))) return guess.reason
  }
  return undefined
}
