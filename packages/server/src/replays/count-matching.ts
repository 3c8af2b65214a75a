import { walkDeliveries } from '../deliveries/walk-deliveries.js'
import { firstEventIdSince } from '../events/find-event-id.js'
import { Problem } from '../problems/problem.js'
import { replayableAfter } from '../retention/removed-to.js'
import { sql } from '../storage/sql.js'
import { alongOf, pick, type ReplayBounds, type ReplayFilter } from './replay.js'
import type { Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/**
 * Where a bulk replay that began now would end.
 *
 * @throws {Problem} `not_found` for an endpoint that the organization does not have
 */
export async function replayBounds(db: Database, { organizationId, filter }: { organizationId: number; filter: ReplayFilter }): Promise<ReplayBounds> {
  if (filter.endpointId !== undefined && await db.first(sql`select id from endpoints where id = ${filter.endpointId} and organization_id = ${organizationId} and state < 3`) === undefined) {
    throw new Problem('not_found', 'There is no such endpoint, or this key does not reach it.')
  }
  const present = await db.first<{ last_id: number; now: number }>(sql`select last_id, ${db.now} as now from streams where organization_id = ${organizationId}`)
  const belowNew = (present?.last_id ?? 0) + 1
  return {
    fromEventId: filter.from === undefined ? 0 : await firstEventIdSince(db, filter.from),
    belowEventId: filter.to === undefined ? belowNew : Math.min(belowNew, await firstEventIdSince(db, filter.to)),
    settledBy: present?.now ?? 0,
  }
}

export interface Counted {
  matched: number
  read: number
  /** Where to go on counting, or null when all was counted. */
  end: DeliveryKey | null
}

/** Counts a stretch of what a bulk replay would take up: one short read after the other, so that others may read in between. */
export async function countMatchingStretch(db: Database, { organizationId, filter, bounds, after }: { organizationId: number; filter: ReplayFilter; bounds: ReplayBounds; after: DeliveryKey | null }): Promise<Counted> {
  const stretch = await walkDeliveries(db, { organizationId, along: alongOf(filter), order: 'oldest first', ...bounds, after, limit: stretchSize })
  const picked = await pick(db, stretch.deliveries, filter, bounds, await replayableAfter(db))
  return { matched: picked.length, read: Math.max(1, stretch.deliveries.length), end: stretch.end }
}

/** Counts stretch by stretch, and gives up at `maxRead` deliveries: whoever asks waits for the answer. */
export async function countMatching(countStretch: (after: DeliveryKey | null) => Promise<Counted>, maxRead = 200_000): Promise<{ matched: number; matchedIsAtLeast: boolean }> {
  let matched = 0
  let read = 0
  let after: DeliveryKey | null = null
  do {
    const counted: Counted = await countStretch(after)
    matched += counted.matched
    read += counted.read
    after = counted.end
  } while (after !== null && read < maxRead)
  return { matched, matchedIsAtLeast: after !== null }
}

const stretchSize = 2_000
