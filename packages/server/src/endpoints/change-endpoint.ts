import { Problem } from '../problems/problem.js'
import { join, sql, type Sql } from '../storage/sql.js'
import { asEndpoint, endpointStates, type Endpoint, type EndpointRow } from './endpoint.js'
import type { Database } from '../storage/database.js'

/** What is given is changed, null included; what is left out stays. */
export type EndpointChanges = Partial<Pick<Endpoint, 'url' | 'description' | 'eventTypes' | 'format' | 'sealedSecrets' | 'sealedHeaders' | 'sealedSecondSignature' | 'timeoutMs' | 'ratePerSecond' | 'ordered' | 'retryPolicy'>>

/** Changes an endpoint that is still as the caller read it; undefined when it is gone or was changed since. */
export async function changeEndpoint(db: Database, { organizationId, id, version, changes }: { organizationId: number; id: number; version: number; changes: EndpointChanges }): Promise<Endpoint | undefined> {
  return db.transaction(async (tx) => {
    await lockCursor(tx, organizationId)
    const row = await tx.first<EndpointRow>(sql`
      update endpoints set ${join([...assignments(changes), sql`version = version + 1`, sql`updated_at = ${tx.now}`], ', ')}
      where id = ${id} and organization_id = ${organizationId} and version = ${version} and state < 3
      returning *`)
    if (row === undefined) return undefined
    await tellOwner(tx, row)
    return asEndpoint(row)
  })
}

export type EndpointAction = 'pause' | 'resume' | 'enable'

/** Moves an endpoint to another state; where it is there already, nothing happens. Undefined when there is no such endpoint. */
export async function moveEndpoint(db: Database, { organizationId, id, action }: { organizationId: number; id: number; action: EndpointAction }): Promise<Endpoint | undefined> {
  return db.transaction(async (tx) => {
    await lockCursor(tx, organizationId)
    const lock = tx.dialect === 'postgres' ? sql`for update` : sql``
    const before = await tx.first<EndpointRow>(sql`select * from endpoints where id = ${id} and organization_id = ${organizationId} and state < 3 ${lock}`)
    if (before === undefined) return undefined
    const state = afterAction(before.state, action)
    if (state === before.state) return asEndpoint(before)

    const row = await tx.first<EndpointRow>(sql`
      update endpoints set state = ${state}, disabled_reason = null, version = version + 1, updated_at = ${tx.now} where id = ${id} returning *`) as EndpointRow
    await tellOwner(tx, row)
    // Whoever enables it has mended it: the days of failure before count no more.
    if (state === endpointStates.enabled) await tx.run(sql`update lanes set failing_since = null where endpoint_id = ${id}`)
    return asEndpoint(row)
  })
}

/** Takes an endpoint out of use for ever. It is kept as long as its deliveries are, so that the log stays readable. False when there is none. */
export async function deleteEndpoint(db: Database, { organizationId, id }: { organizationId: number; id: number }): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockCursor(tx, organizationId)
    const row = await tx.first<EndpointRow>(sql`
      update endpoints set state = 3, version = version + 1, updated_at = ${tx.now}
      where id = ${id} and organization_id = ${organizationId} and state < 3 and managed is null
      returning *`)
    if (row !== undefined) {
      await tellOwner(tx, row)
      return true
    }
    const managed = await tx.first<{ managed: string }>(sql`select managed from endpoints where id = ${id} and organization_id = ${organizationId} and state < 3`)
    if (managed === undefined) return false
    throw new Problem('conflict', `This endpoint is the organization's ${managed.managed}.`, { fix: `Set ${managed.managed} of the organization to null.` })
  })
}

/** The cursor's row before the endpoint's and the lane's, in the order that all locks are taken in. */
export async function lockCursor(tx: Database, organizationId: number): Promise<void> {
  await tx.run(sql`update cursors set endpoints_version = endpoints_version + 1 where organization_id = ${organizationId}`)
}

/** Whoever owns the lane reads the endpoint anew; dispatch has noticed by the version of the whole set. */
export async function tellOwner(tx: Database, endpoint: { id: number }): Promise<void> {
  await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id = ${endpoint.id}`)
}

function afterAction(state: number, action: EndpointAction): number {
  if (action === 'enable') return endpointStates.enabled
  if (state === endpointStates.disabled) {
    throw new Problem('conflict', `The endpoint is disabled, so there is nothing to ${action}.`, { fix: 'Mend the endpoint and call "enable".' })
  }
  return action === 'pause' ? endpointStates.paused : endpointStates.enabled
}

function assignments(changes: EndpointChanges): Sql[] {
  const { url, description, eventTypes, format, sealedSecrets, sealedHeaders, sealedSecondSignature, timeoutMs, ratePerSecond, ordered, retryPolicy } = changes
  return [
    url !== undefined && sql`url = ${url}`,
    description !== undefined && sql`description = ${description}`,
    eventTypes !== undefined && sql`event_types = ${JSON.stringify(eventTypes)}`,
    format !== undefined && sql`format = ${format}`,
    sealedSecrets !== undefined && sql`secrets = ${sealedSecrets}`,
    sealedHeaders !== undefined && sql`headers = ${sealedHeaders}`,
    sealedSecondSignature !== undefined && sql`second_signature = ${sealedSecondSignature}`,
    timeoutMs !== undefined && sql`timeout_ms = ${timeoutMs}`,
    ratePerSecond !== undefined && sql`rate_per_second = ${ratePerSecond}`,
    ordered !== undefined && sql`ordered = ${ordered}`,
    retryPolicy !== undefined && sql`retry_policy = ${retryPolicy === null ? null : JSON.stringify(retryPolicy)}`,
  ].filter((assignment) => assignment !== false)
}
