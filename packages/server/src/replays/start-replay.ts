import { sql } from '../storage/sql.js'
import { asReplay, type Replay, type ReplayBounds, type ReplayFilter, type ReplayRow, type StoredFilter } from './replay.js'
import type { Database } from '../storage/database.js'

/** Writes a bulk replay down. From then on it goes by itself, on whichever node steps it. */
export async function startReplay(db: Database, { organizationId, filter, bounds, matched, matchedIsAtLeast }: {
  organizationId: number; filter: ReplayFilter; bounds: ReplayBounds; matched: number; matchedIsAtLeast: boolean
}): Promise<Replay> {
  const stored: StoredFilter = { filter, bounds, matchedIsAtLeast }
  const row = await db.first<ReplayRow>(sql`
    insert into replays (organization_id, filter, state, cursor_event_id, cursor_endpoint_id, until_event_id, matched, replayed, created_at, updated_at)
    values (${organizationId}, ${JSON.stringify(stored)}, 0, 0, 0, ${bounds.belowEventId - 1}, ${matched}, 0, ${db.now}, ${db.now})
    returning *`)
  return asReplay(row as ReplayRow)
}
