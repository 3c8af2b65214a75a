import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** What waits in the database, for the gauges. */
export interface Backlog {
  /** For how long the oldest due delivery of an enabled endpoint has been waiting, in milliseconds; 0 when none is due. */
  dueAgeMs: number
  /** Deliveries that wait, due or not, held or not; `waitingIsAtLeast`: counting was given up there. */
  waiting: number
  waitingIsAtLeast: boolean
}

/**
 * Goes from endpoint to endpoint along the index of waiting deliveries, one look each: only endpoints for which something
 * waits cost anything, however much it is.
 */
export async function backlog(db: Database, _input: object): Promise<Backlog> {
  const oldest = await db.first<{ due_at: number | null; now: number }>(sql`
    with recursive waiting(endpoint_id, number) as (
      select (select min(endpoint_id) from deliveries where state = 1), 1
      union all
      select (select min(d.endpoint_id) from deliveries d where d.state = 1 and d.endpoint_id > w.endpoint_id), w.number + 1
      from waiting w where w.endpoint_id is not null and w.number < ${maxEndpoints})
    select min((select min(d.due_at) from deliveries d where d.endpoint_id = w.endpoint_id and d.state = 1 and d.due_at >= 0)) as due_at, ${db.now} as now
    from waiting w cross join endpoints p where p.id = w.endpoint_id and p.state = 0`)
  const counted = await db.first<{ number: number }>(sql`select count(*) as number from (select 1 from deliveries where state = 1 and endpoint_id > 0 limit ${maxCounted + 1}) as few`)

  const number = Number(counted?.number ?? 0)
  return {
    dueAgeMs: oldest === undefined || oldest.due_at === null ? 0 : Math.max(0, Number(oldest.now) - Number(oldest.due_at)),
    waiting: Math.min(number, maxCounted),
    waitingIsAtLeast: number > maxCounted,
  }
}

const maxEndpoints = 5_000
const maxCounted = 100_000
