import type { SigningScheme } from '@posthorn/webhooks/signer'

/** An endpoint's signing secrets, as they are sealed. While one is rotated, `previous` goes on until `overlapEndsAt`. */
export interface SigningSecrets {
  current: string
  previous?: string
  overlapEndsAt?: number
}

/**
 * The secrets in the order that `createSigner` wants them, and when the list will be another (undefined: never).
 *
 * Formats that carry a list of signatures send both, the new one first. Receivers of formats with one value compare that
 * value and know the old secret until they are told, so there the old one signs and the new one is what comes `-next`.
 */
export function signingSecrets(stored: SigningSecrets, layout: SigningScheme['layout'], now: number): { secrets: string[]; changesAt: number | undefined } {
  const { current, previous, overlapEndsAt } = stored
  if (previous === undefined || overlapEndsAt === undefined || overlapEndsAt <= now) return { secrets: [current], changesAt: undefined }
  return { secrets: layout.kind === 'one' ? [previous, current] : [current, previous], changesAt: overlapEndsAt }
}

/** Begins a rotation. An overlap of 0 ends the old secret at once. */
export function rotate(stored: SigningSecrets, secret: string, overlapMs: number, now: number): SigningSecrets {
  return overlapMs === 0 ? { current: secret } : { current: secret, previous: stored.current, overlapEndsAt: now + overlapMs }
}

export function isRotating(stored: SigningSecrets, now: number): boolean {
  return stored.previous !== undefined && stored.overlapEndsAt !== undefined && stored.overlapEndsAt > now
}

/** A second signature while a receiver migrates: its format and, where it is not the endpoint's own, its secret. */
export interface SecondSignature { format: string; secret?: string | undefined }

/** Whose sealed value this is: what is copied to another organization's endpoint, or to another column, does not open there. */
export function sealContext(organizationPublicId: string, column: 'secrets' | 'headers' | 'second_signature'): string {
  return `organization:${organizationPublicId}:endpoint.${column}`
}
