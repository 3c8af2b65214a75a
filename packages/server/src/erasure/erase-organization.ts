import { foldTallies } from '../counters/tallies.js'
import { eventsOfOrganization } from '../ids/ids-of-owner.js'
import { putFact, readFact } from '../installation/installation.js'
import { idBeforeDeletion } from '../organizations/organization-id.js'
import { spanOf } from '../partitions/span-of.js'
import { isFreeToDo } from '../storage/one-at-a-time.js'
import { rawSql, sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/**
 * Goes on erasing a deleted organization of which nothing is to be left: a few rows in one short transaction, its own row
 * last, so that a process killed in between leaves a job that is found again. Tells whether there was anything to do, and
 * whose job has come to its end.
 */
export async function eraseStep(db: Database, { batch }: { batch: number }): Promise<{ worked: boolean; erased: string | undefined }> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'erase organizations')) return { worked: false, erased: undefined }
    const organization = await tx.first<Erased>(sql`select id, public_id, erase_asked_at from organizations where erase_asked_at is not null order by id limit 1`)
    if (organization === undefined) return { worked: false, erased: undefined }
    for (const erase of [eraseEvents, eraseReceipts, eraseWhatElse]) if (await erase(tx, organization, batch)) return { worked: true, erased: undefined }
    await eraseItself(tx, organization)
    return { worked: true, erased: idBeforeDeletion(organization.public_id) }
  })
}

interface Erased { id: number; public_id: string; erase_asked_at: number }

/** Both go one way, so that what was walked is not walked again at the next step. */
interface Progress { afterEvent: number; belowReceipt: number | null }

const factOf = ({ id }: Erased): string => `erasing_${id}`

async function readProgress(tx: Database, organization: Erased): Promise<Progress> {
  const value = await readFact(tx, { name: factOf(organization) })
  return value === undefined ? { afterEvent: 0, belowReceipt: null } : JSON.parse(value) as Progress
}

const ids: readonly Column[] = ['id int']

async function eraseEvents(tx: Database, organization: Erased, batch: number): Promise<boolean> {
  const progress = await readProgress(tx, organization)
  const events = await tx.all<{ id: number }>(eventsOfOrganization(tx, { owner: organization.id, from: progress.afterEvent + 1, below: Number.MAX_SAFE_INTEGER, order: 'oldest first', limit: batch }))
  const last = events.at(-1)
  if (last === undefined) return false
  const eventIds = events.map(({ id }) => id)
  const theirs = sql`in (select id from ${tx.rows(eventIds.map((id) => [id]), ids)} as r)`
  for (const table of [rawSql('attempts'), rawSql('deliveries')]) await tx.run(sql`delete from ${table} where event_id ${theirs} ${spanOf(tx, rawSql('event_id'), eventIds)}`)
  await tx.run(sql`delete from events where id ${theirs} ${spanOf(tx, rawSql('id'), eventIds)}`)
  await putFact(tx, { name: factOf(organization), value: JSON.stringify({ ...progress, afterEvent: last.id }) })
  return true
}

/**
 * Requests whose events were its own, what its sources took in, and repetitions of both. The newest first: a repetition is
 * known by the first telling, which comes after it.
 */
async function eraseReceipts(tx: Database, organization: Erased, batch: number): Promise<boolean> {
  const progress = await readProgress(tx, organization)
  const stretch = await tx.all<{ id: number }>(sql`select id from receipts where id < ${progress.belowReceipt ?? Number.MAX_SAFE_INTEGER} order by id desc limit ${batch * 4}`)
  const [newest, oldest] = [stretch[0], stretch.at(-1)]
  if (newest === undefined || oldest === undefined) return false
  const isIts = sql`(organization_id = ${organization.id} or source_id in (select id from sources where organization_id = ${organization.id}))`
  await tx.run(sql`
    delete from receipts where id between ${oldest.id} and ${newest.id}
      and (${isIts} or duplicate_of in (select id from receipts where id in (select duplicate_of from receipts where id between ${oldest.id} and ${newest.id}) and ${isIts}))`)
  await putFact(tx, { name: factOf(organization), value: JSON.stringify({ ...progress, belowReceipt: oldest.id }) })
  return true
}

/** All other tables that know whose a row is, and the columns that tell their rows apart. */
const owned: readonly (readonly [table: string, key: string])[] = [
  ['event_keys', 'organization_id, key'],
  ['consumer_dead_letters', 'organization_id, consumer, event_id'],
  ['billing_records', 'organization_id'],
  ['billing_audit_log', 'organization_id, event'],
  ['payment_references', 'organization_id, reference'],
  ['payments', 'id'],
  ['invoiced_orders', 'organization_id, provider_order'],
  ['stock_levels', 'organization_id, product_id, location_id'],
  ['products', 'organization_id, product_id'],
  ['replays', 'id'],
  ['counters', 'minute, organization_id, kind'],
  ['counter_hours', 'organization_id, hour, kind'],
  ['source_links', 'id'],
  ['lanes', 'endpoint_id'],
  ['endpoints', 'id'],
  ['api_keys', 'id'],
]

async function eraseWhatElse(tx: Database, { id, public_id: publicId, erase_asked_at: askedAt }: Erased, batch: number): Promise<boolean> {
  // Among them may be its own, which would come back.
  if (await foldTallies(tx, { limit: batch })) return true
  for (const [table, key] of owned) {
    const columns = rawSql(key)
    const erased = await tx.run(sql`delete from ${rawSql(table)} where (${columns}) in (select ${columns} from ${rawSql(table)} where organization_id = ${id} limit ${batch})`)
    if (erased > 0) return true
  }
  const name = idBeforeDeletion(publicId)
  const answers = await tx.run(sql`delete from idempotent_answers where (scope, key) in (select scope, key from idempotent_answers where scope = ${name} and created_at <= ${askedAt} limit ${batch})`)
  const parked = await tx.run(sql`delete from outbox_parked where id in (select id from outbox_parked where organization = ${name} and parked_at <= ${askedAt} limit ${batch})`)
  return answers > 0 || parked > 0
}

/** A source of a setting stays the setting's; others go as if deleted, without their secrets. */
async function eraseItself(tx: Database, organization: Erased): Promise<void> {
  await tx.run(sql`
    update sources set name = case when deleted_at is null then '~' || id || '~' || name else name end, sealed = null, options = '{}', organization_id = null,
      deleted_at = coalesce(deleted_at, ${tx.now}), updated_at = ${tx.now}
    where organization_id = ${organization.id} and managed = 0`)
  await tx.run(sql`update sources set organization_id = null where organization_id = ${organization.id}`)
  await tx.run(sql`delete from installation where name = ${factOf(organization)}`)
  await tx.run(sql`delete from organizations where id = ${organization.id}`)
}
