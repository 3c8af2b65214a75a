import { createEndpoint, type NewEndpoint } from '../endpoints/create-endpoint.js'
import { followOrganization } from '../consumers/follow-organization.js'
import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { asOrganization, type OrganizationRow } from './read-organizations.js'
import type { Database } from '../storage/database.js'
import type { Organization } from './organization.js'

export type NewOrganization = Omit<Organization, 'id' | 'consumers' | 'createdAt' | 'updatedAt'> & Partial<Pick<Organization, 'consumers'>>

/** The endpoint that an organization's `webhookUrl` is: what it is told of other organizations (federation). */
export const managedEndpoint = { managed: 'webhookUrl', eventTypes: ['federation.*'], description: "The organization's webhookUrl" } as const

/** Makes an organization with its stream. `endpoint` is what its webhookUrl becomes. */
export async function createOrganization(db: Database, { organization, endpoint }: { organization: NewOrganization; endpoint?: Omit<NewEndpoint, 'organizationId'> | undefined }): Promise<Organization> {
  return db.transaction(async (tx) => {
    const row = await tx.first<OrganizationRow>(sql`
      insert into organizations (public_id, name, catalog, format, retry_policy, event_type_policy, webhook_url, consumers, created_at, updated_at)
      values (${organization.publicId}, ${organization.name}, ${organization.catalog}, ${organization.format}, ${JSON.stringify(organization.retryPolicy)},
        ${organization.eventTypePolicy}, ${organization.webhookUrl}, ${organization.consumers == null ? null : JSON.stringify(organization.consumers)}, ${tx.now}, ${tx.now})
      on conflict (public_id) do nothing
      returning *`)
    if (row === undefined) throw new Problem('already_exists', `An organization with the id "${organization.publicId}" exists already.`)
    await tx.run(sql`insert into streams (organization_id, last_id) values (${row.id}, 0)`)
    await tx.run(sql`insert into cursors (organization_id, dispatched_id, endpoints_version) values (${row.id}, 0, 0)`)
    const made = asOrganization(row)
    await followOrganization(tx, made)
    if (endpoint !== undefined) await createEndpoint(tx, { ...endpoint, organizationId: row.id })
    return made
  })
}
