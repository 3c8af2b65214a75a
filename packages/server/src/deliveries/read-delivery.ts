import { readKeptRequestHeaders } from '../attempts/kept-request-headers.js'
import { endpointStateName, type EndpointStateName } from '../endpoints/endpoint.js'
import { Format, publicEventId, type FormatDefinition } from '../formats/format.js'
import { attemptId, endpointId as publicEndpointId } from '../ids/public-id.js'
import { payloadsRemovedTo } from '../retention/removed-to.js'
import { sql } from '../storage/sql.js'
import { summarize, type DeliverySummary } from './list-deliveries.js'
import { findDelivery } from './walk-deliveries.js'
import type { Attempted } from './last-attempts.js'
import type { DeliveryOf } from './change-delivery.js'
import type { Database } from '../storage/database.js'

/** A delivery with all that is known of it. Instants are milliseconds since 1970. */
export interface DeliveryDetail extends DeliverySummary {
  /** When it is tried next; null when it has ended, and while its endpoint is not enabled. */
  nextAttemptAt: number | null
  format: string | null
  /** The very definition that every attempt is made with. */
  formatDefinition: FormatDefinition | null
  endpoint: { id: string; url: string; description: string; state: EndpointStateName }
  /** Null where retention has removed the event. */
  event: { id: string; type: string; occurredAt: number; createdAt: number } | null
  /** What every attempt sends, byte for byte; null where retention has removed the event's data. */
  requestBody: string | null
  /** In the order they were made, the newest `shownAttempts` of them. */
  attempts: AttemptDetail[]
}

export interface AttemptDetail {
  id: string
  number: number
  startedAt: number
  durationMs: number
  status: number | null
  errorClass: string | null
  error: string | null
  url: string
  requestHeaders: Record<string, string>
  responseHeaders: Record<string, string | string[]> | null
  /** The beginning of the answer: as text where it is UTF-8, else in base64. */
  responseExcerpt: string | null
  responseExcerptEncoding: 'utf-8' | 'base64' | null
}

export const shownAttempts = 200

/** One delivery with its attempts and the body as it is sent, which is made of the event and the delivery's own format again. */
export async function readDelivery(db: Database, wanted: DeliveryOf): Promise<DeliveryDetail | undefined> {
  const delivery = await findDelivery(db, wanted.organizationId, wanted)
  if (delivery === undefined) return undefined
  const more = await db.first<DetailRow>(sql`
    select p.url, p.description, p.state, o.public_id as organization, f.name as format, f.definition, e.id, e.type, e.data, e.given_id, e.occurred_at, e.created_at, e.erased_at
    from deliveries d
    join endpoints p on p.id = d.endpoint_id
    join organizations o on o.id = d.organization_id
    left join formats f on f.id = d.format
    left join events e on e.id = d.event_id
    where d.event_id = ${wanted.eventId} and d.endpoint_id = ${wanted.endpointId}`) as DetailRow
  const isEnabled = more.state === 0
  const event = more.id === null ? null : { id: publicEventId({ id: more.id, givenId: more.given_id }), type: more.type, occurredAt: more.occurred_at, createdAt: more.created_at }
  return {
    ...await summarize(db, delivery),
    nextAttemptAt: delivery.state < 2 && isEnabled ? delivery.dueAt : null,
    format: more.format,
    formatDefinition: more.definition === null ? null : JSON.parse(more.definition) as FormatDefinition,
    endpoint: { id: publicEndpointId(delivery.endpointId), url: more.url, description: more.description, state: endpointStateName(more.state) },
    event,
    requestBody: more.erased_at !== null || delivery.eventId <= await payloadsRemovedTo(db) ? null : renderBody(more),
    attempts: await readAttempts(db, delivery, event?.id ?? null),
  }
}

interface DetailRow {
  url: string; description: string; state: number; organization: string; format: string | null; definition: string | null
  id: number | null; type: string; data: string; given_id: string | null; occurred_at: number; created_at: number; erased_at: number | null
}

function renderBody({ id, definition, type, data, given_id: givenId, occurred_at: occurredAt, organization }: DetailRow): string | null {
  if (id === null || definition === null) return null
  return new Format(JSON.parse(definition) as FormatDefinition).body({ id, type, data, givenId, occurredAt }, organization)
}

/** Only those that the delivery counts: one that was settled since it was read belongs to its next state. */
async function readAttempts(db: Database, { eventId, endpointId, attempts }: Attempted, publicEventId: string | null): Promise<AttemptDetail[]> {
  const rows = await db.all<AttemptRow>(sql`
    select number, at, duration_ms, status, error_class, error, url, request_headers, response_headers, answer from attempts
    where event_id = ${eventId} and endpoint_id = ${endpointId} and number <= ${attempts}
    order by number desc limit ${shownAttempts}`)
  return rows.reverse().map((row) => ({
    id: attemptId(eventId, endpointId, row.number), number: row.number, startedAt: row.at, durationMs: row.duration_ms,
    status: row.status, errorClass: row.error_class, error: row.error, url: row.url,
    requestHeaders: readKeptRequestHeaders(row.request_headers, publicEventId),
    responseHeaders: row.response_headers === null ? null : JSON.parse(row.response_headers) as Record<string, string | string[]>,
    ...readable(row.answer),
  }))
}

interface AttemptRow {
  number: number; at: number; duration_ms: number; status: number | null; error_class: string | null; error: string | null
  url: string; request_headers: string; response_headers: string | null; answer: Uint8Array | null
}

/** Excerpts are cut at this many bytes or more. */
const shortestCut = 1024

/** An excerpt that was cut may end within a character; that one is left away rather than showing it all as base64. */
function readable(bytes: Uint8Array | null): Pick<AttemptDetail, 'responseExcerpt' | 'responseExcerptEncoding'> {
  if (bytes === null) return { responseExcerpt: null, responseExcerptEncoding: null }
  try {
    return { responseExcerpt: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: bytes.length >= shortestCut }), responseExcerptEncoding: 'utf-8' }
  } catch {
    return { responseExcerpt: Buffer.from(bytes).toString('base64'), responseExcerptEncoding: 'base64' }
  }
}
