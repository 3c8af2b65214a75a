import { endpointStateName, type EndpointStateName } from '../endpoints/endpoint.js'
import { endpointId as publicEndpointId } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An endpoint that has not taken anything since it began to fail. */
export interface FailingEndpoint {
  id: string
  organizationId: string
  url: string
  description: string
  state: EndpointStateName
  disabledReason: string | null
  failingSince: number
  /** What the failing began with; both null where that is not known. */
  status: number | null
  errorClass: string | null
  /** Deliveries that wait for it; `waitingIsAtLeast`: counting was given up there. */
  waiting: number
  waitingIsAtLeast: boolean
}

/** The endpoints that fail, of one organization or of all, those first that have failed the longest. */
export async function failingEndpoints(db: Database, { organizationId, limit }: { organizationId?: number | undefined; limit: number }): Promise<{ endpoints: FailingEndpoint[]; more: boolean }> {
  const rows = await db.all<Row>(sql`
    select f.endpoint_id, o.public_id as organization, p.url, p.description, p.state, p.disabled_reason, f.failing_since, f.failing_status, f.failing_error_class,
      (select count(*) from (select 1 from deliveries d where d.endpoint_id = f.endpoint_id and d.state = 1 and d.due_at >= 0 limit ${maxCounted + 1}) as few) as waiting
    from (
      select l.* from lanes l join endpoints e on e.id = l.endpoint_id
      where l.failing_since is not null and e.state < 3 ${organizationId === undefined ? sql`` : sql`and l.organization_id = ${organizationId}`}
      order by l.failing_since, l.endpoint_id limit ${limit + 1}) as f
    join endpoints p on p.id = f.endpoint_id
    join organizations o on o.id = f.organization_id
    order by f.failing_since, f.endpoint_id`)
  return {
    endpoints: rows.slice(0, limit).map((row) => ({
      id: publicEndpointId(row.endpoint_id), organizationId: row.organization, url: row.url, description: row.description, state: endpointStateName(row.state), disabledReason: row.disabled_reason,
      failingSince: row.failing_since, status: row.failing_status, errorClass: row.failing_error_class,
      waiting: Math.min(Number(row.waiting), maxCounted), waitingIsAtLeast: Number(row.waiting) > maxCounted,
    })),
    more: rows.length > limit,
  }
}

const maxCounted = 1_000

interface Row {
  endpoint_id: number; organization: string; url: string; description: string; state: number; disabled_reason: string | null
  failing_since: number; failing_status: number | null; failing_error_class: string | null; waiting: number
}
