import { asEndpoint, type EndpointRow } from '../endpoints/endpoint.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** An endpoint that sends to an inspector, as its signature is checked: what is sealed stays so until then. */
export interface InspectedEndpoint { id: number; organizationPublicId: string; format: string; sealedSecrets: string }

/** The endpoints whose URL leads to this inspector, under whatever name this server is reached. */
export async function inspectedEndpoints(db: Database, { inspectorId }: { inspectorId: string }): Promise<InspectedEndpoint[]> {
  const rows = await db.all<EndpointRow & { public_id: string; own_or_inherited_format: string }>(sql`
    select e.*, o.public_id, coalesce(e.format, o.format) as own_or_inherited_format
    from endpoints e join organizations o on o.id = e.organization_id
    where e.state < 3 and e.url like ${`%/inspect/${inspectorId}%`}
    order by e.id limit 20`)
  return rows.map((row) => ({ id: row.id, organizationPublicId: row.public_id, format: row.own_or_inherited_format, sealedSecrets: asEndpoint(row).sealedSecrets }))
}
