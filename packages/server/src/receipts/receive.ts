import { append } from '../events/append.js'
import { origins, type NewEvent } from '../events/event.js'
import { sql } from '../storage/sql.js'
import { claimKeys, type KeyOwners, type WantedKey } from './claim-keys.js'
import { drawReceiptIds } from './draw-receipt-ids.js'
import { findOrganizations, type Asked, type Found } from './find-organizations.js'
import { learnLinks } from '../sources/links.js'
import { verdictNumber, type ArrivedReceipt, type Received, type ReceiptVerdict, type ToldEvent, type ToldItem } from './receipt.js'
import type { SchemeName } from '@posthorn/webhooks'
import type { Column, Database } from '../storage/database.js'

/** A receipt and the source that it came to. */
export interface SourceReceipt { source: { id: number; provider: SchemeName; organizationId: number | null }; receipt: ArrivedReceipt }

/** Requests that were answered without a receipt of their own. */
export interface Counted { sourceId: number; verdict: ReceiptVerdict; count: number; at: number }

/**
 * Stores receipts and appends what they tell to the streams, in one transaction: whoever answers a provider must have
 * committed first. What was told before becomes a duplicate and tells nothing.
 */
export async function receive(db: Database, { receipts, counted }: { receipts: readonly SourceReceipt[]; counted: readonly Counted[] }): Promise<Received[]> {
  return db.transaction(async (tx) => {
    const ids = await drawReceiptIds(tx, receipts.length)
    const numbered = receipts.map(({ source, receipt }, i): Numbered => ({ ...receipt, source, id: ids[i] as number, at: receipt.receivedAt }))
    const outcomes = await admit(tx, numbered)
    await insertReceipts(tx, numbered, outcomes)
    const alerted = await raiseAlerts(tx, numbered)
    await count(tx, [...counted, ...numbered.map((receipt, i) => ({ sourceId: receipt.source.id, verdict: (outcomes[i] as Admitted).verdict, count: 1, at: receipt.receivedAt }))])
    return outcomes.map(({ verdict, duplicateOf, organizationIds }, i) => ({ id: ids[i] as number, verdict, duplicateOf, organizationIds: i === 0 ? [...organizationIds, ...alerted] : organizationIds }))
  })
}

/** `at`: when its events are accepted, which is later than its arrival where it is received again. */
export interface Numbered extends ArrivedReceipt { id: number; source: SourceReceipt['source']; at: number }

/** What a receipt turned out to be, and what it has become. */
export interface Admitted {
  verdict: ReceiptVerdict
  duplicateOf: number | undefined
  events: number
  organizationIds: number[]
  organizationId: number | null
  isUnassigned: boolean
}

/** Finds out what of these receipts is new, and appends that to the streams of those whose it is. Keys that a receipt has already are no hindrance to itself. */
export async function admit(tx: Database, receipts: readonly Numbered[]): Promise<Admitted[]> {
  const owners = await claimKeys(tx, receipts.flatMap((receipt) => wantedBy(receipt, receipt.items.flatMap(({ keys }) => keys))))
  const fresh = newItems(receipts, owners)
  // After that: a duplicate must not take the key of what it has not told.
  const tellers = await claimKeys(tx, fresh.flatMap(({ receipt, item }) => wantedBy(receipt, item.events.flatMap(({ key }) => key ?? []))))
  const whose = await findOrganizations(tx, fresh.map(({ receipt: { source }, item }): Asked => ({ ...source, whose: item.whose })))

  const outcomes = new Map(receipts.map((receipt) => [receipt, notAdmitted(receipt, owners)]))
  const events: NewEvent[] = []
  const told = new Set<string>()
  for (const [i, { receipt, item }] of fresh.entries()) {
    const { organizationId, how } = whose[i] as Found
    const outcome = outcomes.get(receipt) as Admitted
    outcome.verdict = 'accepted'
    outcome.duplicateOf = undefined
    outcome.organizationId ??= organizationId
    outcome.isUnassigned ||= how === 'unassigned'
    if (!outcome.organizationIds.includes(organizationId)) outcome.organizationIds.push(organizationId)
    for (const event of item.events) {
      const name = `${receipt.source.id} ${event.key}`
      if (event.key !== undefined && (tellers.of(receipt.source.id, event.key) !== receipt.id || told.has(name))) continue
      told.add(name)
      outcome.events++
      events.push(asNewEvent(event, organizationId, receipt))
    }
  }
  await appendAll(tx, events)
  await learnLinks(tx, fresh.flatMap(({ receipt, item }, i) => {
    const { organizationId, how } = whose[i] as Found
    return how === 'named' && item.whose.customer !== undefined ? [{ provider: receipt.source.provider, account: item.whose.customer, organizationId }] : []
  }))
  return receipts.map((receipt) => outcomes.get(receipt) as Admitted)
}

interface FreshItem { receipt: Numbered; item: ToldItem }

function wantedBy({ source, id, receivedAt }: Numbered, keys: readonly string[]): WantedKey[] {
  return keys.map((key) => ({ sourceId: source.id, key, receiptId: id, receivedAt }))
}

function newItems(receipts: readonly Numbered[], owners: KeyOwners): FreshItem[] {
  const seen = new Set<string>()
  return receipts.flatMap((receipt) => receipt.items.filter(({ keys }) => {
    const names = keys.map((key) => `${receipt.source.id} ${key}`)
    const isNew = keys.every((key) => owners.of(receipt.source.id, key) === receipt.id) && !names.some((name) => seen.has(name))
    // A batch may tell one thing twice.
    for (const name of names) seen.add(name)
    return isNew
  }).map((item) => ({ receipt, item })))
}

/** What a receipt is as long as nothing of it is new: what is accepted and told nothing new is a duplicate. */
function notAdmitted({ id, source, verdict, items }: Numbered, owners: KeyOwners): Admitted {
  const isDuplicate = verdict === 'accepted' && items.length > 0
  const duplicateOf = items.flatMap(({ keys }) => keys.map((key) => owners.of(source.id, key))).find((owner) => owner !== id)
  return { verdict: isDuplicate ? 'duplicate' : verdict, duplicateOf: isDuplicate ? duplicateOf : undefined, events: 0, organizationIds: [], organizationId: null, isUnassigned: false }
}

function asNewEvent({ type, data, occurredAt }: ToldEvent, organizationId: number, { id, at }: Numbered): NewEvent {
  return { organizationId, type, data, occurredAt, createdAt: at, origin: origins.receipt, receiptId: id, bytes: data.length }
}

async function appendAll(tx: Database, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const appended = await append(tx, events)
  // An organization that was deleted in this very moment: the caller begins again, and finds another whose it is.
  const lost = appended.find(({ kind }) => kind !== 'appended')
  if (lost !== undefined) throw new Error(`An event of a receipt could not be appended: ${lost.kind}.`)
}

/** Tells whoever has the source's events, or else the operator; of several nodes that notice in the same hour, one. */
async function raiseAlerts(tx: Database, receipts: readonly Numbered[]): Promise<number[]> {
  const alarming = receipts.filter(({ alert }) => alert !== undefined)
  if (alarming.length === 0) return []
  const whose = await findOrganizations(tx, alarming.map(({ source }): Asked => ({ ...source, whose: { names: [], accounts: [] } })))
  await append(tx, alarming.map(({ alert = '', source, at, id }, i): NewEvent => ({
    organizationId: (whose[i] as Found).organizationId, type: 'posthorn.source.refusing', data: alert, occurredAt: at, createdAt: at, origin: origins.alert, receiptId: id, bytes: alert.length,
    keys: [{ key: `a:source.refusing:${source.id}:${Math.floor(at / 3_600_000)}`, digest: '' }],
  })))
  return whose.map(({ organizationId }) => organizationId)
}

async function insertReceipts(tx: Database, receipts: readonly Numbered[], outcomes: readonly Admitted[]): Promise<void> {
  if (receipts.length === 0) return
  const rows = receipts.map((receipt, i) => {
    const { verdict, duplicateOf, organizationId, isUnassigned, events } = outcomes[i] as Admitted
    return [
      receipt.id, receipt.source.id, receipt.receivedAt, verdictNumber(verdict), receipt.status, receipt.method, receipt.url, JSON.stringify(receipt.headers), Buffer.from(receipt.body).toString('hex'),
      receipt.code ?? null, receipt.reason ?? null, receipt.dedupeId ?? null, receipt.type ?? null, organizationId, Number(isUnassigned), duplicateOf ?? null, events, receipt.kept,
    ]
  })
  await tx.insert('receipts', receiptColumns, rows)
}

/** Adds to what each minute counts. */
export async function count(tx: Database, counted: readonly Counted[]): Promise<void> {
  const sums = new Map<string, number[]>()
  for (const { sourceId, verdict, count: more, at } of counted) {
    const minute = Math.floor(at / 60_000)
    const name = `${minute} ${sourceId} ${verdict}`
    sums.set(name, [minute, sourceId, verdictNumber(verdict), (sums.get(name)?.[3] ?? 0) + more])
  }
  if (sums.size === 0) return
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await tx.run(sql`
    insert into source_counts (minute, source_id, verdict, count)
    select minute, source_id, verdict, count from ${tx.rows(rows, countColumns)} as r where true
    on conflict (minute, source_id, verdict) do update set count = source_counts.count + excluded.count`)
}

const countColumns: readonly Column[] = ['minute int', 'source_id int', 'verdict int', 'count int']
const receiptColumns: readonly Column[] = [
  'id int', 'source_id int', 'received_at int', 'verdict int', 'status int', 'method text', 'url text', 'headers text', 'body bytes',
  'code text', 'reason text', 'dedupe_id text', 'type text', 'organization_id int', 'unassigned int', 'duplicate_of int', 'events int', 'kept int',
]
