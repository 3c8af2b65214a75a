import { deliveryStates } from '../deliveries/delivery.js'
import { attemptMatcher, withLastAttempts, type LastAttemptFilter } from '../deliveries/last-attempts.js'
import { compileSubscriptions } from '../event-types/event-type.js'
import { sql } from '../storage/sql.js'
import type { Along, WalkedDelivery } from '../deliveries/walk-deliveries.js'
import type { Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/** What a bulk replay is to take up again. Only what has ended is: the rest is on its way anyhow. */
export interface ReplayFilter extends LastAttemptFilter {
  /** These alone. */
  deliveries?: readonly DeliveryKey[] | undefined
  endpointId?: number | undefined
  /** Undefined: any of them. */
  state?: ReplayableState | undefined
  /** As an endpoint's subscriptions; undefined for all. */
  eventTypes?: readonly string[] | undefined
  /** Events accepted at this instant or later, and before that one. */
  from?: number | undefined
  to?: number | undefined
}

export const replayableStates = ['succeeded', 'dead', 'discarded'] as const
export type ReplayableState = (typeof replayableStates)[number]

/**
 * Where a bulk replay ends, fixed when it begins: what is published later is not its business, nor what ends later, so
 * that a delivery which it revives and which dies again is not revived for ever.
 */
export interface ReplayBounds { fromEventId: number; belowEventId: number; settledBy: number }

/** A bulk replay: a job that survives a kill, and how far it has come. */
export interface Replay {
  id: number
  organizationId: number
  filter: ReplayFilter
  bounds: ReplayBounds
  state: ReplayState
  /** How many deliveries fitted when it began; `matchedIsAtLeast`: counting was given up there. */
  matched: number
  matchedIsAtLeast: boolean
  replayed: number
  createdAt: number
  updatedAt: number
}

export const replayStates = ['running', 'done', 'cancelled'] as const
export type ReplayState = (typeof replayStates)[number]

/** The index that leads to what fits with the least beside it. */
export function alongOf({ deliveries, endpointId, state }: ReplayFilter): Along {
  if (deliveries !== undefined) return { by: 'keys', keys: deliveries }
  if (state === 'dead') return { by: 'dead' }
  return endpointId === undefined ? { by: 'stream' } : { by: 'endpoint', endpointId }
}

/** Those of the deliveries on the way that are to be replayed. `replayableAfter`: the last event whose data is gone, or about to go. */
export async function pick(db: Database, deliveries: readonly WalkedDelivery[], filter: ReplayFilter, bounds: ReplayBounds, replayableAfter: number): Promise<readonly WalkedDelivery[]> {
  const fitting = deliveries.filter(matcherOf(filter, bounds, replayableAfter))
  const attemptMatches = attemptMatcher(filter)
  return attemptMatches === undefined ? fitting : (await withLastAttempts(db, fitting)).filter(attemptMatches)
}

function matcherOf({ endpointId, state, eventTypes }: ReplayFilter, { settledBy }: ReplayBounds, replayableAfter: number): (delivery: WalkedDelivery) => boolean {
  const isWantedType = eventTypes === undefined ? undefined : compileSubscriptions(eventTypes)
  return (delivery) =>
    (state === undefined ? delivery.state >= deliveryStates.succeeded : delivery.state === deliveryStates[state]) &&
    delivery.updatedAt <= settledBy &&
    (endpointId === undefined || delivery.endpointId === endpointId) &&
    delivery.endpointState !== 3 &&
    delivery.event !== undefined && !delivery.event.isErased && delivery.eventId > replayableAfter &&
    (isWantedType === undefined || isWantedType(delivery.event.type))
}

export async function readReplay(db: Database, { organizationId, id }: { organizationId: number; id: number }): Promise<Replay | undefined> {
  const row = await db.first<ReplayRow>(sql`select * from replays where id = ${id} and organization_id = ${organizationId}`)
  return row && asReplay(row)
}

export interface ReplayRow {
  id: number; organization_id: number; filter: string; state: number; cursor_event_id: number; cursor_endpoint_id: number
  until_event_id: number; matched: number; replayed: number; created_at: number; updated_at: number
}

/** What the column `filter` holds as JSON. */
export interface StoredFilter { filter: ReplayFilter; bounds: ReplayBounds; matchedIsAtLeast: boolean }

export function asReplay(row: ReplayRow): Replay {
  const { filter, bounds, matchedIsAtLeast } = JSON.parse(row.filter) as StoredFilter
  return {
    id: row.id, organizationId: row.organization_id, filter, bounds, state: replayStates[row.state] as ReplayState,
    matched: row.matched, matchedIsAtLeast, replayed: row.replayed, createdAt: row.created_at, updatedAt: row.updated_at,
  }
}
