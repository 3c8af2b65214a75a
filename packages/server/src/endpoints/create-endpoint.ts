import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { asEndpoint, type Endpoint, type EndpointRow } from './endpoint.js'
import type { Database } from '../storage/database.js'

export type NewEndpoint = Omit<Endpoint, 'id' | 'state' | 'disabledReason' | 'version' | 'createdAt' | 'updatedAt'>

/** Makes an endpoint with its lane. What the stream holds already is not its business. */
export async function createEndpoint(db: Database, endpoint: NewEndpoint): Promise<Endpoint> {
  return db.transaction(async (tx) => {
    // The stream's lock: an event that is being appended is either older than the endpoint or for it, never in between.
    const lock = tx.dialect === 'postgres' ? sql`for no key update` : sql``
    const stream = await tx.first<{ last_id: number }>(sql`select last_id from streams where organization_id = ${endpoint.organizationId} ${lock}`)
    if (stream === undefined) throw new Problem('not_found', 'There is no such object, or this key does not reach it.')
    await tx.run(sql`update cursors set endpoints_version = endpoints_version + 1 where organization_id = ${endpoint.organizationId}`)

    const row = await tx.first<EndpointRow>(sql`
      insert into endpoints (organization_id, url, description, event_types, format, secrets, headers, timeout_ms, rate_per_second, ordered, retry_policy, second_signature, managed, state, version, from_id, created_at, updated_at)
      values (${endpoint.organizationId}, ${endpoint.url}, ${endpoint.description}, ${JSON.stringify(endpoint.eventTypes)}, ${endpoint.format}, ${endpoint.sealedSecrets}, ${endpoint.sealedHeaders},
        ${endpoint.timeoutMs}, ${endpoint.ratePerSecond}, ${endpoint.ordered}, ${endpoint.retryPolicy === null ? null : JSON.stringify(endpoint.retryPolicy)}, ${endpoint.sealedSecondSignature},
        ${endpoint.managed}, 0, 1, ${stream.last_id}, ${tx.now}, ${tx.now})
      returning *`) as EndpointRow
    await tx.run(sql`insert into lanes (endpoint_id, organization_id) values (${row.id}, ${row.organization_id})`)
    return asEndpoint(row)
  })
}
