import { idBeforeDeletion } from '../organizations/organization-id.js'
import { sql } from '../storage/sql.js'
import { asEndpoint, type Endpoint, type EndpointRow } from './endpoint.js'
import { sealContext } from './signing-secrets.js'
import type { Column, Database } from '../storage/database.js'

export async function findEndpoint(db: Database, { organizationId, id }: { organizationId: number; id: number }): Promise<Endpoint | undefined> {
  const row = await db.first<EndpointRow>(sql`select * from endpoints where id = ${id} and organization_id = ${organizationId} and state < 3`)
  return row && asEndpoint(row)
}

export async function findManagedEndpoint(db: Database, { organizationId, managed }: { organizationId: number; managed: string }): Promise<Endpoint | undefined> {
  const row = await db.first<EndpointRow>(sql`select * from endpoints where organization_id = ${organizationId} and managed = ${managed} and state < 3`)
  return row && asEndpoint(row)
}

/** In the order of their making. `after`: the last one that was seen. */
export async function listEndpoints(db: Database, { organizationId, after, limit }: { organizationId: number; after: number | undefined; limit: number }): Promise<Endpoint[]> {
  const rows = await db.all<EndpointRow>(sql`
    select * from endpoints where organization_id = ${organizationId} and state < 3 and id > ${after ?? 0} order by id limit ${limit}`)
  return rows.map(asEndpoint)
}

/** What sending to an endpoint takes. Deleted ones are among them: their lane must learn of it. */
export interface LoadedEndpoint {
  id: number
  organizationId: number
  organizationPublicId: string
  url: string
  sealedSecrets: string
  sealedHeaders: string | null
  sealedSecondSignature: string | null
  timeoutMs: number | null
  ratePerSecond: number | null
  ordered: boolean
  /** The endpoint's or else the organization's, as the user wrote it: for parseRetryPolicy. */
  retryPolicy: unknown
  /** The endpoint's or else the organization's. A delivery has its own, fixed when it was made. */
  format: string
  state: number
  version: number
}

const ids: readonly Column[] = ['id int']

export async function loadEndpoints(db: Database, { ids: wanted }: { ids: readonly number[] }): Promise<LoadedEndpoint[]> {
  const rows = await db.all<EndpointRow & { public_id: string; own_or_inherited_policy: string; own_or_inherited_format: string }>(sql`
    select e.*, o.public_id, coalesce(e.retry_policy, o.retry_policy) as own_or_inherited_policy, coalesce(e.format, o.format) as own_or_inherited_format
    from ${db.rows(wanted.map((id) => [id]), ids)} as r
    join endpoints e on e.id = r.id
    join organizations o on o.id = e.organization_id`)
  return rows.map((row) => ({
    id: row.id, organizationId: row.organization_id, organizationPublicId: idBeforeDeletion(row.public_id), url: row.url,
    sealedSecrets: row.secrets, sealedHeaders: row.headers, sealedSecondSignature: row.second_signature,
    timeoutMs: row.timeout_ms, ratePerSecond: row.rate_per_second, ordered: row.ordered === 1,
    retryPolicy: JSON.parse(row.own_or_inherited_policy), format: row.own_or_inherited_format, state: row.state, version: row.version,
  }))
}

/** Some endpoint's sealed secrets, for whoever asks whether a key opens them. Undefined where there is no endpoint. */
export async function anySealedSecret(db: Database, _input: object): Promise<{ text: string; context: string } | undefined> {
  const row = await db.first<{ secrets: string; public_id: string }>(sql`select e.secrets, o.public_id from endpoints e join organizations o on o.id = e.organization_id order by e.id limit 1`)
  return row && { text: row.secrets, context: sealContext(idBeforeDeletion(row.public_id), 'secrets') }
}
