import { followOrganization } from '../consumers/follow-organization.js'
import { createEndpoint, type NewEndpoint } from '../endpoints/create-endpoint.js'
import { lockCursor, tellOwner } from '../endpoints/change-endpoint.js'
import { join, sql, type Sql } from '../storage/sql.js'
import { deletedMark } from './organization-id.js'
import { asOrganization, type OrganizationRow } from './read-organizations.js'
import type { Database } from '../storage/database.js'
import type { Organization } from './organization.js'

/** What is given is changed, null included; what is left out stays. */
export type OrganizationChanges = Partial<Pick<Organization, 'name' | 'catalog' | 'format' | 'retryPolicy' | 'eventTypePolicy' | 'webhookUrl' | 'consumers'>>

/**
 * Changes an organization. `endpoint` is what a new webhookUrl becomes where there is none yet; where there is one, it gets
 * the new URL and keeps its secret. All endpoints are told, as they may inherit what was changed.
 */
export async function changeOrganization(db: Database, { id, changes, endpoint }: { id: number; changes: OrganizationChanges; endpoint?: Omit<NewEndpoint, 'organizationId'> | undefined }): Promise<Organization | undefined> {
  return db.transaction(async (tx) => {
    const row = await tx.first<OrganizationRow>(sql`
      update organizations set ${join([...assignments(changes), sql`updated_at = ${tx.now}`], ', ')} where id = ${id} and deleted_at is null returning *`)
    if (row === undefined) return undefined
    // The stream's row before the cursor's, as everybody takes them: a new endpoint wants both.
    if (tx.dialect === 'postgres') await tx.first(sql`select last_id from streams where organization_id = ${id} for no key update`)
    await lockCursor(tx, id)
    if (changes.catalog !== undefined || changes.consumers !== undefined) await followOrganization(tx, asOrganization(row))
    if (changes.webhookUrl !== undefined) await changeManaged(tx, row, endpoint)
    if (changes.format !== undefined || changes.retryPolicy !== undefined) {
      await tx.run(sql`update endpoints set version = version + 1 where organization_id = ${id} and state < 3`)
      await tx.run(sql`update lanes set wake_at = ${tx.now} where organization_id = ${id}`)
    }
    return asOrganization(row)
  })
}

/**
 * Takes an organization out of use at once: no event is accepted for it any more, its keys end, its endpoints are deleted.
 * Its name is free again. What its log holds goes when its time is over, or soon where it is to be erased; what waited to be
 * sent is discarded.
 */
export async function deleteOrganization(db: Database, { id, erase = false }: { id: number; erase?: boolean }): Promise<boolean> {
  return db.transaction(async (tx) => {
    const deleted = await tx.run(sql`
      update organizations set deleted_at = ${tx.now}, ${erase ? sql`erase_asked_at = ${tx.now},` : sql``} updated_at = ${tx.now}, public_id = ${deletedMark} || cast(id as text) || ${deletedMark} || public_id where id = ${id} and deleted_at is null`)
    if (deleted === 0) return false
    // Consumers before streams, as they take them when they publish.
    await tx.run(sql`delete from consumers where organization_id = ${id}`)
    // Whoever appends holds the stream's row and proves by it that the organization exists.
    await tx.run(sql`delete from streams where organization_id = ${id}`)
    await tx.run(sql`delete from cursors where organization_id = ${id}`)
    await tx.run(sql`update endpoints set state = 3, version = version + 1, updated_at = ${tx.now} where organization_id = ${id} and state < 3`)
    await tx.run(sql`update lanes set wake_at = ${tx.now} where organization_id = ${id}`)
    await tx.run(sql`update api_keys set revoked_at = ${tx.now} where organization_id = ${id} and revoked_at is null`)
    return true
  })
}

async function changeManaged(tx: Database, organization: OrganizationRow, endpoint: Omit<NewEndpoint, 'organizationId'> | undefined): Promise<void> {
  const { id, webhook_url: url } = organization
  const existing = await tx.first<{ id: number }>(sql`select id from endpoints where organization_id = ${id} and managed = 'webhookUrl' and state < 3`)
  if (existing === undefined) {
    if (url !== null && endpoint !== undefined) await createEndpoint(tx, { ...endpoint, organizationId: id })
    return
  }
  await tx.run(url === null
    ? sql`update endpoints set state = 3, version = version + 1, updated_at = ${tx.now} where id = ${existing.id}`
    : sql`update endpoints set url = ${url}, version = version + 1, updated_at = ${tx.now} where id = ${existing.id}`)
  await tellOwner(tx, existing)
}

function assignments({ name, catalog, format, retryPolicy, eventTypePolicy, webhookUrl, consumers }: OrganizationChanges): Sql[] {
  return [
    name !== undefined && sql`name = ${name}`,
    catalog !== undefined && sql`catalog = ${catalog}`,
    format !== undefined && sql`format = ${format}`,
    retryPolicy !== undefined && sql`retry_policy = ${JSON.stringify(retryPolicy)}`,
    eventTypePolicy !== undefined && sql`event_type_policy = ${eventTypePolicy}`,
    webhookUrl !== undefined && sql`webhook_url = ${webhookUrl}`,
    consumers !== undefined && sql`consumers = ${consumers === null ? null : JSON.stringify(consumers)}`,
  ].filter((assignment) => assignment !== false)
}
