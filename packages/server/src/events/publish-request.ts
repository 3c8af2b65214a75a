import { hash } from 'node:crypto'
import { isEventType } from '../event-types/event-type.js'
import { Problem, type FieldError } from '../problems/problem.js'
import { formatInstant, parseInstant } from './instant.js'
import { fieldsAt, itemsAt, skipSpace, type Place } from './json-text.js'
import type { EventKey } from './event.js'

/** What a publisher asks for. `data` is the text between the colon and the comma as it was sent, to the last byte. */
export interface PublishRequest {
  type: string
  data: string
  id: string | undefined
  occurredAt: number | undefined
  /** What makes this the same publish as an earlier one: the id that the publisher brought. */
  keys: EventKey[]
}

/**
 * Reads the body of a publish. JSON.parse says whether it is JSON and gives the small fields; `data` is found in the text
 * by where it begins and ends, and never made of a parsed value again, which would turn 1.0 into 1 and lose what a
 * double cannot hold.
 *
 * @throws {Problem} with a code for each way in which a body can be wrong
 */
export function readPublish(text: string): PublishRequest {
  const body = parseJson(text)
  if (!isObject(body)) throw notAnObject
  return readEvent(text, skipSpace(text, 0), body)
}

/** Reads the body of a batch: a request for each event, or the problem that it alone has. */
export function readBatch(text: string): (PublishRequest | Problem)[] {
  const body = parseJson(text)
  if (!isObject(body)) throw notAnObject
  const fields = fieldsAt(text, skipSpace(text, 0))
  refuseUnknown(fields, new Set(['events']))
  const [place] = fields
  const events = body['events']
  if (place === undefined || !Array.isArray(events)) throw invalid('events', 'required', 'is not an array of events')
  if (events.length > maxBatchEvents) throw new Problem('too_large', `The batch has ${events.length} events; ${maxBatchEvents} are allowed.`)

  return itemsAt(text, place.start).map((item, i) => {
    const event: unknown = events[i]
    if (!isObject(event)) return new Problem('invalid_request', 'The event is not an object.', { errors: [{ path: '', code: 'wrong_type', message: 'is not an object' }] })
    // In UTF-8 a text is at most three times as long as in UTF-16, so most are known to be small without counting.
    if ((item.end - item.start) * 3 > maxEventBytes && Buffer.byteLength(text.slice(item.start, item.end)) > maxEventBytes) return new Problem('too_large', `The event has more than ${maxEventBytes} bytes.`)
    try {
      return readEvent(text, item.start, event)
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  })
}

export const maxEventBytes = 256 * 1024
export const maxBatchBytes = 5 * 1024 * 1024
export const maxBatchEvents = 1_000
/** How deeply `data` may nest: `[[]]` is 2. */
export const maxDepth = 64
export const eventIdPattern = /^[A-Za-z0-9_-]{1,64}$/

/** What makes an event that came with an id the same event again: its id and, to the byte, its content. */
export function keyOfId(id: string, { type, data, occurredAt }: { type: string; data: string; occurredAt: number | undefined }): EventKey {
  // Neither a type nor an instant holds a line break, so different contents never make the same text.
  return { key: `i:${id}`, digest: digestOf(`${type}\n${occurredAt === undefined ? '' : formatInstant(occurredAt)}\n${data}`) }
}

/** Tells one content from another, for idempotency. */
export function digestOf(text: string): string {
  return hash('sha256', text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem('not_json', `The body is not JSON: ${shortened((error as Error).message)}`)
  }
}

function readEvent(text: string, start: number, parsed: Record<string, unknown>): PublishRequest {
  const fields = fieldsAt(text, start)
  refuseUnknown(fields, eventFields)

  const { type, id, occurredAt } = parsed
  if (type === undefined) throw invalid('type', 'required', 'is missing')
  if (typeof type !== 'string') throw invalid('type', 'wrong_type', 'is not a string')
  if (!isEventType(type)) throw new Problem('invalid_event_type', `${quoted(type)} is not an event type.`, { errors: [{ path: 'type', code: 'invalid_event_type', message: 'is not an event type' }] })
  if (type.startsWith('posthorn.')) {
    throw new Problem('invalid_event_type', `${quoted(type)} is a type of Posthorn's own alerts.`, { fix: 'Publish under a name that does not begin with "posthorn.".', errors: [{ path: 'type', code: 'reserved', message: 'is a type of our own' }] })
  }
  const place = fields.find((field) => field.name === 'data')
  if (place === undefined) throw invalid('data', 'required', 'is missing')
  if (place.depth > maxDepth) throw new Problem('too_deep', `"data" nests ${place.depth} levels deep; ${maxDepth} are allowed.`, { errors: [{ path: 'data', code: 'too_deep', message: `nests deeper than ${maxDepth} levels` }] })
  if (id !== undefined && (typeof id !== 'string' || !eventIdPattern.test(id))) {
    throw new Problem('invalid_event_id', typeof id === 'string' ? `${quoted(id)} is not an event id.` : 'The event id is not a string.', { errors: [{ path: 'id', code: 'invalid_event_id', message: 'is not an event id' }] })
  }
  const occurred = typeof occurredAt === 'string' ? parseInstant(occurredAt) : undefined
  if (occurredAt !== undefined && occurred === undefined) throw invalid('occurredAt', 'not_an_instant', 'is not an instant such as "2025-03-01T12:00:00Z"')

  const data = text.slice(place.start, place.end)
  return {
    type, data, id: id as string | undefined, occurredAt: occurred,
    keys: id === undefined ? [] : [keyOfId(id as string, { type, data, occurredAt: occurred })],
  }
}

const eventFields: ReadonlySet<string> = new Set(['type', 'data', 'id', 'occurredAt'])

function refuseUnknown(fields: readonly Place[], known: ReadonlySet<string>): void {
  const unknown = fields.filter((field) => !known.has(field.name)).map((field) => field.name)
  if (unknown.length > 0) {
    const names = [...new Set(unknown)].slice(0, 20)
    throw new Problem('unknown_field', `There is no field ${names.map(quoted).join(', ')}.`, { errors: names.map((name) => ({ path: shortened(name), code: 'unknown_field', message: 'is not a field of this request' })) })
  }
  // At most a handful of known names is left, so this is quick however long the text.
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name)) throw new Problem('repeated_field', `"${name}" stands more than once.`, { errors: [{ path: name, code: 'repeated_field', message: 'stands more than once' }] })
    seen.add(name)
  }
}

const notAnObject = new Problem('invalid_request', 'The body is JSON, but not an object.', { fix: 'Send an object: {"type": "order.created", "data": {…}}.' })

function invalid(path: string, code: string, message: string): Problem {
  const errors: FieldError[] = [{ path, code, message }]
  return new Problem('invalid_request', `"${path}" ${message}.`, { errors })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text))
}

/** What we repeat to a caller of its own text is never long. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
