import { endpointStateName, type EndpointStateName } from '../endpoints/endpoint.js'
import { endpointId as publicEndpointId, type DeliveryKey } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Dead letters of one endpoint that died of the same. */
export interface DeadLetterGroup {
  organizationId: string
  endpoint: { id: string; url: string; description: string; state: EndpointStateName }
  /** How their last attempt ended. */
  status: number | null
  errorClass: string | null
  count: number
  /** When the first and the last of them were given up. */
  oldestAt: number
  newestAt: number
}

export interface DeadLetterGroups {
  /** The largest first. */
  groups: DeadLetterGroup[]
  /** How many dead letters the groups are made of. */
  counted: number
  /** Where to go on counting, or null when these are all. */
  end: DeliveryKey | null
}

/** Groups dead letters by endpoint and cause: at most `limit` of them, newest first, of one organization or of all. */
export async function deadLetterGroups(db: Database, { organizationId, after, limit }: { organizationId?: number | undefined; after: DeliveryKey | null; limit: number }): Promise<DeadLetterGroups> {
  const dead = sql`
    select d.event_id, d.endpoint_id, d.organization_id, d.attempts, d.updated_at from deliveries d
    where d.state = 3 and ${organizationId === undefined ? sql`1 = 1` : sql`d.organization_id = ${organizationId}`}
      ${after === null ? sql`` : sql`and d.event_id <= ${after.eventId} and (d.event_id < ${after.eventId} or d.endpoint_id < ${after.endpointId})`}
    order by d.event_id desc, d.endpoint_id desc limit ${limit}`
  const last = await db.first<{ event_id: number; endpoint_id: number }>(sql`select event_id, endpoint_id from (${dead}) as d order by event_id desc, endpoint_id desc limit 1 offset ${limit - 1}`)
  const rows = await db.all<Row>(sql`
    select o.public_id as organization, g.*, p.url, p.description, p.state
    from (
      select d.organization_id, d.endpoint_id, a.status, a.error_class, count(*) as count, min(d.updated_at) as oldest_at, max(d.updated_at) as newest_at
      from (${dead}) as d left join attempts a on a.event_id = d.event_id and a.endpoint_id = d.endpoint_id and a.number = d.attempts
      group by d.organization_id, d.endpoint_id, a.status, a.error_class) as g
    join endpoints p on p.id = g.endpoint_id
    join organizations o on o.id = g.organization_id
    order by g.count desc, g.newest_at desc`)
  return {
    groups: rows.map((row) => ({
      organizationId: row.organization, endpoint: { id: publicEndpointId(row.endpoint_id), url: row.url, description: row.description, state: endpointStateName(row.state) },
      status: row.status, errorClass: row.error_class, count: Number(row.count), oldestAt: Number(row.oldest_at), newestAt: Number(row.newest_at),
    })),
    counted: rows.reduce((sum, row) => sum + Number(row.count), 0),
    end: last === undefined ? null : { eventId: last.event_id, endpointId: last.endpoint_id },
  }
}

interface Row {
  organization: string; endpoint_id: number; status: number | null; error_class: string | null; count: number; oldest_at: number; newest_at: number
  url: string; description: string; state: number
}
