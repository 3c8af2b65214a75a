import { randomBytes } from 'node:crypto'
import { encode } from '../ids/public-id.js'

/** An id for an organization that brought none: `org_`, nine digits of time, so that ids sort by age, and 60 bits of chance. */
export function makeOrganizationId(now: number): string {
  return `org_${encode(now, 9)}${encode(randomBytes(4).readUInt32BE() % 2 ** 30, 6)}${encode(randomBytes(4).readUInt32BE() % 2 ** 30, 6)}`
}

/** What an organization may bring as its own. */
export const organizationIdPattern = /^[A-Za-z0-9_-]{1,64}$/
