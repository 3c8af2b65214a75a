import { randomBytes } from 'node:crypto'
import { encode } from '../ids/public-id.js'

/** An id for an organization that brought none: `org_`, nine digits of time, so that ids sort by age, and 60 bits of chance. */
export function makeOrganizationId(now: number): string {
  return `org_${encode(now, 9)}${encode(randomBytes(4).readUInt32BE() % 2 ** 30, 6)}${encode(randomBytes(4).readUInt32BE() % 2 ** 30, 6)}`
}

/** What an organization may bring as its own. */
export const organizationIdPattern = /^[A-Za-z0-9_-]{1,64}$/

/** A deleted organization's id stands behind a mark that no id may contain, so that the id itself is free again. */
export const deletedMark = '~'

/** The id that an organization has, or had until it was deleted. */
export function idBeforeDeletion(publicId: string): string {
  return publicId.startsWith(deletedMark) ? publicId.slice(publicId.indexOf(deletedMark, 1) + 1) : publicId
}
