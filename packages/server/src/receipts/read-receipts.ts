import { idBeforeDeletion } from '../organizations/organization-id.js'
import { rawSql, sql } from '../storage/sql.js'
import { nameBeforeDeletion } from '../sources/change-sources.js'
import { verdictNumber, verdicts, type HeaderPairs, type Kept, type ReceiptVerdict } from './receipt.js'
import type { Database } from '../storage/database.js'
import type { SchemeName } from '@posthorn/webhooks'

/** A receipt as it is listed. */
export interface ReceiptSummary {
  id: number
  sourceId: number
  source: string
  provider: SchemeName
  receivedAt: number
  verdict: ReceiptVerdict
  status: number
  method: string
  url: string
  bytes: number
  code: string | null
  reason: string | null
  dedupeId: string | null
  type: string | null
  /** Whose its events are, or the first of them. */
  organization: string | null
  isUnassigned: boolean
  duplicateOf: number | null
  events: number
  kept: Kept
  replayedAt: number | null
}

export interface Receipt extends ReceiptSummary {
  headers: HeaderPairs
  body: Uint8Array
  told: { id: number; givenId: string | null; type: string; organization: string }[]
}

export interface ReceiptFilter {
  source?: string | undefined
  verdict?: ReceiptVerdict | undefined
  isUnassigned?: boolean | undefined
  before: number | undefined
  limit: number
}

/** Newest first. */
export async function listReceipts(db: Database, { source, verdict, isUnassigned, before, limit }: ReceiptFilter): Promise<ReceiptSummary[]> {
  const rows = await db.all<ReceiptRow>(sql`
    select ${summaryColumns} ${joined}
    where r.id < ${before ?? Number.MAX_SAFE_INTEGER}
      ${source === undefined ? sql`` : sql`and r.source_id = (select id from sources where name = ${source})`}
      ${verdict === undefined ? sql`` : sql`and r.verdict = ${literal(verdict)} ${verdict === 'accepted' ? sql`` : sql`and r.verdict <> 0`}`}
      ${isUnassigned === true ? sql`and r.unassigned = 1` : sql``}
    order by r.id desc limit ${limit}`)
  return rows.map(asSummary)
}

export async function findReceipt(db: Database, { id }: { id: number }): Promise<Receipt | undefined> {
  const row = await db.first<ReceiptRow & { headers: string; body: Uint8Array }>(sql`select ${summaryColumns}, r.headers, r.body ${joined} where r.id = ${id}`)
  if (row === undefined) return undefined
  const told = await db.all<{ id: number; given_id: string | null; type: string; organization: string }>(sql`
    select e.id, e.given_id, e.type, o.public_id as organization from events e join organizations o on o.id = e.organization_id
    where e.receipt_id = ${id} order by e.id limit 200`)
  return {
    ...asSummary(row), headers: JSON.parse(row.headers) as HeaderPairs, body: row.body,
    told: told.map((event) => ({ id: event.id, givenId: event.given_id, type: event.type, organization: idBeforeDeletion(event.organization) })),
  }
}

/** In the text itself, so that the index of one verdict can serve it. */
const literal = (verdict: ReceiptVerdict) => rawSql(String(verdictNumber(verdict)))

const summaryColumns = rawSql(`r.id, r.source_id, s.name as source, s.provider, r.received_at, r.verdict, r.status, r.method, r.url, length(r.body) as bytes, r.code, r.reason,
  r.dedupe_id, r.type, o.public_id as organization, r.unassigned, r.duplicate_of, r.events, r.kept, r.replayed_at`)
const joined = rawSql('from receipts r join sources s on s.id = r.source_id left join organizations o on o.id = r.organization_id')

interface ReceiptRow {
  id: number
  source_id: number
  source: string
  provider: string
  received_at: number
  verdict: number
  status: number
  method: string
  url: string
  bytes: number
  code: string | null
  reason: string | null
  dedupe_id: string | null
  type: string | null
  organization: string | null
  unassigned: number
  duplicate_of: number | null
  events: number
  kept: number
  replayed_at: number | null
}

function asSummary(row: ReceiptRow): ReceiptSummary {
  return {
    id: row.id, sourceId: row.source_id, source: nameBeforeDeletion(row.source), provider: row.provider as SchemeName, receivedAt: row.received_at, verdict: verdicts[row.verdict] as ReceiptVerdict,
    status: row.status, method: row.method, url: row.url, bytes: Number(row.bytes), code: row.code, reason: row.reason, dedupeId: row.dedupe_id, type: row.type,
    organization: row.organization === null ? null : idBeforeDeletion(row.organization), isUnassigned: row.unassigned === 1, duplicateOf: row.duplicate_of, events: row.events, kept: row.kept as Kept, replayedAt: row.replayed_at,
  }
}
