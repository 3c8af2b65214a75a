import { compileSubscriptions } from '../event-types/event-type.js'
import { origins } from '../events/event.js'
import { findEventId, firstEventIdSince } from '../events/find-event-id.js'
import { publicEventId } from '../formats/format.js'
import { deliveryId, parseEventId, endpointId as publicEndpointId, type DeliveryKey } from '../ids/public-id.js'
import { Problem } from '../problems/problem.js'
import { shownState, type ShownState } from './delivery.js'
import { attemptMatcher, withLastAttempts, type LastAttempt, type LastAttemptFilter } from './last-attempts.js'
import { isFew, walkDeliveries, type Along, type WalkedDelivery } from './walk-deliveries.js'
import type { Database } from '../storage/database.js'

export interface DeliveryFilter extends LastAttemptFilter {
  /** Undefined: of all organizations, for the operator. */
  organizationId?: number | undefined
  state?: ShownState | undefined
  endpointId?: number | undefined
  /** As the organization knows the event. */
  eventId?: string | undefined
  /** A type, or a prefix such as `order.*`. */
  eventType?: string | undefined
  /** Accepted at this instant or later, and before that one. */
  from?: number | undefined
  to?: number | undefined
}

/** A delivery as lists tell it. Instants are milliseconds since 1970. */
export interface DeliverySummary extends LastAttempt {
  id: string
  organizationId: string
  state: ShownState
  endpointId: string
  endpointUrl: string
  eventId: string
  eventType: string | null
  attemptCount: number
  /** When the next attempt is due; null once the delivery has ended. */
  dueAt: number | null
  createdAt: number | null
  updatedAt: number
  /** Made by a test event. */
  test: boolean
}

/**
 * A page of deliveries, newest first. Each page reads a bounded stretch of one index, so a rare match may lie behind
 * pages that are short or empty: as long as `next` is there, there may be more.
 */
export async function listDeliveries(db: Database, { after, limit = 50, ...filter }: DeliveryFilter & { after?: string | undefined; limit?: number | undefined }): Promise<{ data: DeliverySummary[]; next: string | null }> {
  const bounds = await eventBounds(db, filter)
  const along = await chooseIndex(db, filter)
  if (along === undefined) return { data: [], next: null }

  const matches = matcher(filter)
  const attemptMatches = attemptMatcher(filter)
  const found: WalkedDelivery[] = []
  let end: DeliveryKey | null = after === undefined ? null : parseCursor(after)
  let read = 0
  // Most pages are full after the first stretch; the less fits, the longer the next one.
  for (let size = limit + 1; read < maxRead; size = Math.min(size * 3, maxStretch)) {
    const stretch = await walkDeliveries(db, { organizationId: filter.organizationId, along, order: 'newest first', ...bounds, after: end, limit: size })
    read += size
    end = stretch.end
    const fitting = stretch.deliveries.filter(matches)
    found.push(...attemptMatches === undefined ? fitting : (await withLastAttempts(db, fitting)).filter(attemptMatches))
    if (end === null || found.length > limit) break
  }

  const page = found.slice(0, limit)
  return { data: (await withLastAttempts(db, page)).map(asSummary), next: cursor(found.length > limit ? page[page.length - 1] ?? null : end) }
}

/** One delivery as a list would tell it. */
export async function summarize(db: Database, delivery: WalkedDelivery): Promise<DeliverySummary> {
  const [attempted] = await withLastAttempts(db, [delivery])
  return asSummary(attempted as WalkedDelivery & LastAttempt)
}

function asSummary(delivery: WalkedDelivery & LastAttempt): DeliverySummary {
  const { event } = delivery
  return {
    id: deliveryId(delivery.eventId, delivery.endpointId),
    organizationId: delivery.organization,
    state: stateOf(delivery),
    endpointId: publicEndpointId(delivery.endpointId),
    endpointUrl: delivery.endpointUrl,
    eventId: publicEventId({ id: delivery.eventId, givenId: event?.givenId ?? null }),
    eventType: event?.type ?? null,
    attemptCount: delivery.attempts,
    dueAt: delivery.state < 2 ? delivery.dueAt : null,
    createdAt: event?.createdAt ?? null,
    updatedAt: delivery.updatedAt,
    test: event?.origin === origins.test,
    lastStatus: delivery.lastStatus,
    lastErrorClass: delivery.lastErrorClass,
  }
}

const maxStretch = 1_000
/** Some 50 ms of the thread that reads. */
const maxRead = 5_000

function stateOf({ state, step, endpointState }: WalkedDelivery): ShownState {
  return shownState({ state, step, isEndpointEnabled: endpointState === 0 })
}

async function eventBounds(db: Database, { from, to }: DeliveryFilter): Promise<{ fromEventId: number; belowEventId: number }> {
  return {
    fromEventId: from === undefined ? 0 : await firstEventIdSince(db, from),
    belowEventId: to === undefined ? Number.MAX_SAFE_INTEGER : await firstEventIdSince(db, to),
  }
}

/** Undefined where nothing can match. */
async function chooseIndex(db: Database, { organizationId, state, endpointId, eventId }: DeliveryFilter): Promise<Along | undefined> {
  if (eventId !== undefined) {
    // A publisher's own id means something in its organization alone.
    const event = organizationId === undefined ? parseEventId(eventId) : await findEventId(db, organizationId, eventId)
    return event === undefined ? undefined : { by: 'event', eventId: event }
  }
  if (state === 'dead') return { by: 'dead' }
  if (state === 'pending' || state === 'retrying' || state === 'held') {
    const undelivered: Along & { by: 'undelivered' } = { by: 'undelivered', held: state === 'held', endpointId }
    if (await isFew(db, organizationId, undelivered)) return undelivered
  }
  return endpointId === undefined ? { by: 'stream' } : { by: 'endpoint', endpointId }
}

function matcher({ state, endpointId, eventType }: DeliveryFilter): (delivery: WalkedDelivery) => boolean {
  const isWantedType = eventType === undefined ? undefined : compileSubscriptions([eventType])
  return (delivery) =>
    (state === undefined || stateOf(delivery) === state) &&
    (endpointId === undefined || delivery.endpointId === endpointId) &&
    (isWantedType === undefined || (delivery.event !== undefined && isWantedType(delivery.event.type)))
}

function cursor(position: DeliveryKey | null): string | null {
  return position === null ? null : Buffer.from(`${position.eventId}.${position.endpointId}`).toString('base64url')
}

function parseCursor(text: string): DeliveryKey {
  const match = /^(\d{1,16})\.(-1|\d{1,16})$/.exec(Buffer.from(text, 'base64url').toString('latin1'))
  if (match === null) throw new Problem('invalid_request', '"after" is not a cursor of this list.', { fix: 'Pass the "next" of the page before, as it is.', errors: [{ path: 'after', code: 'invalid_cursor', message: 'is not a cursor of this list' }] })
  return { eventId: Number(match[1]), endpointId: Number(match[2]) }
}
