import { sql, type Sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** What waits in the database, for the gauges and the overview. */
export interface Backlog {
  /** For how long the oldest due delivery of an enabled endpoint has been waiting, in milliseconds; 0 when none is due. */
  dueAgeMs: number
  /** Deliveries that wait, due or not, held or not; `waitingIsAtLeast`: counting was given up there. */
  waiting: number
  waitingIsAtLeast: boolean
}

/**
 * Goes from endpoint to endpoint along the index of waiting deliveries, one look each: only endpoints for which something
 * waits cost anything, however much it is. Of one organization: its endpoints.
 */
export async function backlog(db: Database, { organizationId }: { organizationId?: number | undefined }): Promise<Backlog> {
  const oldest = await db.first<{ due_at: number | null; now: number }>(organizationId === undefined ? oldestOfAll(db) : oldestOf(db, organizationId))
  const waiting = organizationId === undefined
    ? sql`select 1 from deliveries where state = 1 and endpoint_id > 0`
    // Always so: it leads the planner to the index that holds waiting deliveries only, not an endpoint's whole history.
    : sql`select 1 from endpoints p join deliveries d on d.endpoint_id = p.id and d.state = 1 and d.due_at >= 0 where p.organization_id = ${organizationId}`
  const counted = await db.first<{ number: number }>(sql`select count(*) as number from (${waiting} limit ${maxCounted + 1}) as few`)

  const number = Number(counted?.number ?? 0)
  return {
    dueAgeMs: oldest === undefined || oldest.due_at === null ? 0 : Math.max(0, Number(oldest.now) - Number(oldest.due_at)),
    waiting: Math.min(number, maxCounted),
    waitingIsAtLeast: number > maxCounted,
  }
}

const maxEndpoints = 5_000
const maxCounted = 100_000

function oldestOfAll(db: Database): Sql {
  return sql`
    with recursive waiting(endpoint_id, number) as (
      select (select min(endpoint_id) from deliveries where state = 1), 1
      union all
      select (select min(d.endpoint_id) from deliveries d where d.state = 1 and d.endpoint_id > w.endpoint_id), w.number + 1
      from waiting w where w.endpoint_id is not null and w.number < ${maxEndpoints})
    select min((select min(d.due_at) from deliveries d where d.endpoint_id = w.endpoint_id and d.state = 1 and d.due_at >= 0)) as due_at, ${db.now} as now
    from waiting w cross join endpoints p where p.id = w.endpoint_id and p.state = 0`
}

function oldestOf(db: Database, organizationId: number): Sql {
  return sql`
    select min((select min(d.due_at) from deliveries d where d.endpoint_id = p.id and d.state = 1 and d.due_at >= 0)) as due_at, ${db.now} as now
    from (select id from endpoints where organization_id = ${organizationId} and state = 0 order by id limit ${maxEndpoints}) as p`
}
