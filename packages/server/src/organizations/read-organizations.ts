import { sql } from '../storage/sql.js'
import type { EventTypePolicy } from '../catalogs/catalog.js'
import type { ConsumerName } from '../consumers/consumer-names.js'
import type { Column, Database } from '../storage/database.js'
import type { Organization } from './organization.js'

/** What a request needs to know of its organization. */
export interface OrganizationSummary {
  id: number
  publicId: string
  catalog: string | null
  format: string
  retryPolicy: unknown
  eventTypePolicy: EventTypePolicy
}

export async function findOrganization(db: Database, { publicId }: { publicId: string }): Promise<OrganizationSummary | undefined> {
  return (await findOrganizations(db, { publicIds: [publicId] }))[0]
}

/** Of these, those that there are. */
export async function findOrganizations(db: Database, { publicIds }: { publicIds: readonly string[] }): Promise<OrganizationSummary[]> {
  const rows = await db.all<OrganizationRow>(sql`
    select o.* from ${db.rows(publicIds.map((publicId) => [publicId]), publicIdColumns)} as r join organizations o on o.public_id = r.public_id where o.deleted_at is null`)
  return rows.map((row) => ({ id: row.id, publicId: row.public_id, catalog: row.catalog, format: row.format, retryPolicy: JSON.parse(row.retry_policy), eventTypePolicy: row.event_type_policy as EventTypePolicy }))
}

const publicIdColumns: readonly Column[] = ['public_id text']

export async function readOrganization(db: Database, { id }: { id: number }): Promise<Organization | undefined> {
  const row = await db.first<OrganizationRow>(sql`select * from organizations where id = ${id} and deleted_at is null`)
  return row && asOrganization(row)
}

/** In the order of their making. `after`: the row of the last one that was seen. */
export async function listOrganizations(db: Database, { after, limit }: { after: number | undefined; limit: number }): Promise<Organization[]> {
  const rows = await db.all<OrganizationRow>(sql`select * from organizations where deleted_at is null and id > ${after ?? 0} order by id limit ${limit}`)
  return rows.map(asOrganization)
}

export interface OrganizationRow {
  id: number
  public_id: string
  name: string
  catalog: string | null
  format: string
  retry_policy: string
  event_type_policy: string
  webhook_url: string | null
  consumers: string | null
  created_at: number
  updated_at: number
}

export function asOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id, publicId: row.public_id, name: row.name, catalog: row.catalog, format: row.format, retryPolicy: JSON.parse(row.retry_policy),
    eventTypePolicy: row.event_type_policy as EventTypePolicy, webhookUrl: row.webhook_url, consumers: row.consumers === null ? null : JSON.parse(row.consumers) as ConsumerName[], createdAt: row.created_at, updatedAt: row.updated_at,
  }
}
