import { randomBytes } from 'node:crypto'
import { formatInstant } from '../events/instant.js'
import type { PublishRequest } from '../events/publish-request.js'

/** The statement that publishes, both as text with `$1` … and as the pieces and values of a tagged template. */
export interface PublishStatement {
  readonly text: string
  readonly values: string[]
  readonly strings: TemplateStringsArray
}

/**
 * Calls `posthorn.publish`. Every value is text and says so, because drivers differ in what they take a parameter for.
 * The id is known before: what a client makes of an answer differs more still.
 */
export function publishStatement(organization: string, { type, data, occurredAt }: PublishRequest, id: string): PublishStatement {
  return statement`select posthorn.publish(${organization}::text, ${type}::text, ${data}::text::json, ${id}::text, nullif(${occurredAt === undefined ? '' : formatInstant(occurredAt)}::text, '')::timestamptz)`
}

/** An id as `posthorn.publish` makes one: twelve digits of time, so that ids sort by age, and twelve of chance. */
export function makeEventId(now: number): string {
  return `evt_${now.toString(16).padStart(12, '0')}${randomBytes(6).toString('hex')}`
}

function statement(strings: TemplateStringsArray, ...values: string[]): PublishStatement {
  return { strings, values, text: strings.reduce((text, piece, i) => `${text}$${i}${piece}`) }
}
