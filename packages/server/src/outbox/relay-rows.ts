import { judgeType } from '../catalogs/judge-type.js'
import { followedBy, justAppended, nothingAppended, type JustAppended } from '../dispatch/just-appended.js'
import { appendKnowing } from '../events/append.js'
import { origins, type NewEvent } from '../events/event.js'
import { keyOfId } from '../events/publish-request.js'
import { Problem } from '../problems/problem.js'
import { isDataError } from '../storage/data-error.js'
import { isFreeToDo } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import { idColumns, type OutboxRow } from './outbox-row.js'
import { park, type Parked } from './parked.js'
import type { EventTypePolicy } from '../catalogs/catalog.js'
import type { Column, Database } from '../storage/database.js'

export interface Relayed {
  /** What the streams have now, and nobody has dispatched yet. */
  appended: JustAppended
  parked: Parked[]
  /** Another node is at it: these rows are its business, or still there. */
  isElsewhere: boolean
}

/**
 * Moves these rows, which are in the outbox's order, into the streams. What no stream can take is parked with its reason
 * and stops nobody: one that the database itself refuses is found by halving.
 */
export async function relayRows(db: Database, { ids, at }: { ids: readonly number[]; at: number }): Promise<Relayed> {
  try {
    return await db.transaction((tx) => relayTogether(tx, ids, at))
  } catch (error) {
    if (!isDataError(error)) throw error
    const [only] = ids
    if (ids.length === 1 && only !== undefined) return db.transaction((tx) => giveUp(tx, only, error as Error, at))
    const middle = Math.ceil(ids.length / 2)
    const first = await relayRows(db, { ids: ids.slice(0, middle), at })
    if (first.isElsewhere) return first
    const second = await relayRows(db, { ids: ids.slice(middle), at })
    return { appended: followedBy(first.appended, second.appended), parked: [...first.parked, ...second.parked], isElsewhere: second.isElsewhere }
  }
}

async function relayTogether(tx: Database, ids: readonly number[], at: number): Promise<Relayed> {
  // Two side by side would put the events of one transaction into the stream in another order.
  if (!(await isFreeToDo(tx, 'relay the outbox'))) return { appended: nothingAppended, parked: [], isElsewhere: true }
  const rows = await take(tx, ids)
  const known = await findOrganizations(tx, rows)
  const parked: (OutboxRow & Parked)[] = []
  const good: OutboxRow[] = []
  for (const row of rows) {
    const problem = judge(row, known.get(row.organization))
    if (problem === undefined) good.push(row)
    else parked.push({ ...row, problem })
  }

  const events = good.map((row) => asEvent(row, (known.get(row.organization) as KnownOrganization).id, at))
  const appended = events.length === 0 ? { results: [], lastIdsBefore: new Map<number, number>() } : await appendKnowing(tx, events)
  for (const [i, result] of appended.results.entries()) {
    const row = good[i] as OutboxRow
    if (result.kind === 'key_conflict') parked.push({ ...row, problem: `idempotency_conflict: The event id "${row.key}" came before with another content.` })
    else if (result.kind === 'no_organization') parked.push({ ...row, problem: noOrganization(row) })
  }
  await park(tx, parked, at)
  return { appended: justAppended(events, appended), parked: parked.map(asParked), isElsewhere: false }
}

/** Takes rows out of the outbox; those that are gone, another relay has moved. */
async function take(tx: Database, ids: readonly number[]): Promise<OutboxRow[]> {
  const rows = await tx.all<OutboxRow>(sql`
    delete from outbox where id in (select id from ${tx.rows(ids.map((id) => [id]), idColumns)} as r)
    returning id, organization, type, data, key, origin, created_at, occurred_at`)
  return rows.sort((a, b) => a.id - b.id)
}

interface KnownOrganization { id: number; catalog: string | null; eventTypePolicy: EventTypePolicy }

const nameColumns: readonly Column[] = ['name text']

async function findOrganizations(tx: Database, rows: readonly OutboxRow[]): Promise<Map<string, KnownOrganization>> {
  const names = [...new Set(rows.map((row) => row.organization))]
  const found = await tx.all<{ id: number; public_id: string; catalog: string | null; event_type_policy: string }>(sql`
    select id, public_id, catalog, event_type_policy from organizations
    where deleted_at is null and public_id in (select name from ${tx.rows(names.map((name) => [name]), nameColumns)} as r)`)
  return new Map(found.map((row) => [row.public_id, { id: row.id, catalog: row.catalog, eventTypePolicy: row.event_type_policy as EventTypePolicy }]))
}

/** Why no stream takes this, as far as that is known without trying. */
function judge(row: OutboxRow, organization: KnownOrganization | undefined): string | undefined {
  if (organization === undefined) return noOrganization(row)
  try {
    if (row.origin === origins.sql) judgeType(organization, row.type)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

function noOrganization({ organization }: OutboxRow): string {
  return `not_found: There is no organization "${organization}".`
}

function asEvent({ type, data, key, origin, created_at: createdAt, occurred_at: occurredAt }: OutboxRow, organizationId: number, at: number): NewEvent {
  return {
    organizationId, type, data, origin, occurredAt: occurredAt ?? createdAt, createdAt: at, bytes: data.length, givenId: key ?? undefined,
    keys: key === null ? undefined : [keyOfId(key, { type, data, occurredAt: occurredAt ?? undefined })],
  }
}

async function giveUp(tx: Database, id: number, error: Error, at: number): Promise<Relayed> {
  const rows = await take(tx, [id])
  const parked = rows.map((row) => ({ ...row, problem: `internal: ${error.message}` }))
  await park(tx, parked, at)
  return { appended: nothingAppended, parked: parked.map(asParked), isElsewhere: false }
}

function asParked({ organization, type, key, problem }: Parked): Parked {
  return { organization, type, key, problem }
}
