import { latencyKind } from '../counters/latency.js'
import { tally } from '../counters/tallies.js'
import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import { deliveryStates, type DeliveryState } from './delivery.js'
import { lockLanes } from '../lanes/lanes.js'
import { proveSession } from '../lanes/sessions.js'
import type { Column, Database } from '../storage/database.js'

/** An attempt that has ended, and what is to become of its delivery. */
export interface Settlement {
  eventId: number
  endpointId: number
  organizationId: number
  /** Attempts made before this one. A delivery that has another number by now has moved on, and nothing is changed. */
  attempts: number
  state: DeliveryState
  /** When its event was accepted. */
  acceptedAt: number
  step: number
  waitMs: number
  at: number
  durationMs: number
  status: number | null
  errorClass: string | null
  error: string | null
  url: string
  /** JSON: the headers as sent, and as answered. */
  requestHeaders: string
  responseHeaders: string | null
  /** The excerpt of the answer's body, in hexadecimal. */
  answer: string | null
  /** To disable the endpoint, if it is still the version that was called. */
  disable: { version: number; reason: 'gone' | 'failing' } | null
  /** When a lane's fortune turns: since when it has been failing, or null for not at all. Undefined: as before. */
  failingSince: number | null | undefined
  /** What deserves attention, appended as an event of the organization if this settlement takes effect. */
  alerts: readonly { organization: string; type: string; data: string }[]
}

export interface Settled {
  /** As many as took effect. The others were stale. */
  applied: number
  /** The time of the database's clock from which the waits of this settlement are counted. */
  at: number
  disabledEndpoints: number[]
  /** Alerts wait in the outbox. */
  hasAlerts: boolean
}

const deliveryColumns: readonly Column[] = ['event_id int', 'endpoint_id int', 'attempts int', 'state int', 'step int', 'wait_ms int']
const attemptColumns: readonly Column[] = ['event_id int', 'endpoint_id int', 'number int', 'at int', 'duration_ms int', 'status int', 'error_class text', 'error text', 'url text', 'request_headers text', 'response_headers text', 'answer bytes']
const idColumns: readonly Column[] = ['id int']
const failingColumns: readonly Column[] = ['endpoint_id int', 'failing_since int', 'status int', 'error_class text']

/** Writes attempts and the next states of their deliveries together, under the session's proof. What is stale changes nothing. */
export async function settle(tx: Database, session: string, settlements: readonly Settlement[]): Promise<Settled> {
  // Sent in this order without waiting for answers in between; where the proof fails, nothing of it stands.
  const [, , { applied, at }] = await Promise.all([proveSession(tx, session), lockWhatTurns(tx, settlements), moveDeliveries(tx, settlements)])
  const isAll = applied.every(({ disable, alerts }) => disable === null && alerts.length === 0)
  const keep = (): Promise<unknown> => Promise.all([keepAttempts(tx, applied), tally(tx, applied.map((settlement) => [settlement.organizationId, counterKind(settlement), 1])), rememberFailing(tx, settlements)])
  await (isAll ? tx.last(keep) : keep())
  const disabledEndpoints = await disable(tx, applied)
  const hasAlerts = await raiseAlerts(tx, applied, new Set(disabledEndpoints))
  return { applied: applied.length, at, disabledEndpoints, hasAlerts }
}

async function moveDeliveries(tx: Database, settlements: readonly Settlement[]): Promise<{ applied: readonly Settlement[]; at: number }> {
  const rows = await tx.all<{ event_id: number; endpoint_id: number; at: number }>(sql`
    update deliveries set state = r.state, attempts = r.attempts + 1, step = r.step, due_at = ${tx.now} + r.wait_ms, updated_at = ${tx.now}
    from ${tx.rows(settlements.map((s) => [s.eventId, s.endpointId, s.attempts, s.state, s.step, s.waitMs]), deliveryColumns)} as r
    where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id
      and deliveries.attempts = r.attempts and deliveries.state < 2 ${spanOf(tx, rawSql('deliveries.event_id'), settlements.map((s) => s.eventId))}
    returning deliveries.event_id, deliveries.endpoint_id, ${tx.now} as at`)
  const at = rows[0]?.at ?? (await tx.first<{ at: number }>(sql`select ${tx.now} as at`) as { at: number }).at
  if (rows.length === settlements.length) return { applied: settlements, at }
  const keys = new Set(rows.map((row) => `${row.event_id} ${row.endpoint_id}`))
  return { applied: settlements.filter((s) => keys.has(`${s.eventId} ${s.endpointId}`)), at }
}

async function keepAttempts(tx: Database, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return
  await tx.insertMissing('attempts', attemptColumns, settlements.map((s) => [s.eventId, s.endpointId, s.attempts + 1, s.at, s.durationMs, s.status, s.errorClass, s.error, s.url, s.requestHeaders, s.responseHeaders, s.answer]))
}

const kinds: Record<number, string> = { 1: 'retrying', 2: 'succeeded', 3: 'dead' }

/** What took a retry tells of the endpoint's troubles, and a replay of nobody's haste: neither says how fast webhooks are. */
function counterKind({ state, attempts, acceptedAt, at, durationMs }: Settlement): string {
  return state === deliveryStates.succeeded && attempts === 0 ? latencyKind(at + durationMs - acceptedAt) : kinds[state] ?? 'other'
}

/** Cursors before lanes before deliveries, each in order, as everybody takes them. Few settlements touch any but the last. */
async function lockWhatTurns(tx: Database, settlements: readonly Settlement[]): Promise<void> {
  if (tx.dialect === 'sqlite') return
  const disabling = settlements.filter((s) => s.disable !== null)
  const cursors = disabling.length === 0 ? undefined : tx.all(sql`
    select organization_id from cursors where organization_id in (select id from ${tx.rows(disabling.map((s) => [s.organizationId]), idColumns)} as r)
    order by organization_id for update`)
  await Promise.all([cursors, lockLanes(tx, settlements.filter((s) => s.disable !== null || s.failingSince !== undefined).map((s) => s.endpointId))])
}

/** With what the failing began: its last attempt is to be looked up among all that waits behind it. */
async function rememberFailing(tx: Database, settlements: readonly Settlement[]): Promise<void> {
  const turned = new Map<number, (string | number | null)[]>()
  for (const { endpointId, failingSince, status, errorClass } of settlements) {
    if (failingSince !== undefined) turned.set(endpointId, failingSince === null ? [endpointId, null, null, null] : [endpointId, failingSince, status, errorClass])
  }
  if (turned.size === 0) return
  await tx.run(sql`
    update lanes set failing_since = r.failing_since, failing_status = r.status, failing_error_class = r.error_class
    from ${tx.rows([...turned].sort((a, b) => a[0] - b[0]).map(([, row]) => row), failingColumns)} as r where lanes.endpoint_id = r.endpoint_id`)
}

/** An endpoint is disabled only in the version that was called: somebody may have corrected its URL meanwhile. */
async function disable(tx: Database, settlements: readonly Settlement[]): Promise<number[]> {
  const disabled: number[] = []
  for (const { endpointId, organizationId, disable: wanted } of settlements) {
    if (wanted === null) continue
    const changed = await tx.run(sql`
      update endpoints set state = 2, disabled_reason = ${wanted.reason}, version = version + 1, updated_at = ${tx.now}
      where id = ${endpointId} and version = ${wanted.version} and state = 0`)
    if (changed === 0) continue
    disabled.push(endpointId)
    await tx.run(sql`update cursors set endpoints_version = endpoints_version + 1 where organization_id = ${organizationId}`)
    await tx.run(sql`update lanes set wake_at = ${tx.now} where endpoint_id = ${endpointId}`)
  }
  return disabled
}

/** Through the outbox: settling must not wait for publishers, nor they for it. */
async function raiseAlerts(tx: Database, settlements: readonly Settlement[], disabled: ReadonlySet<number>): Promise<boolean> {
  const alerts = settlements.flatMap((s) => s.alerts.filter((alert) => alert.type !== 'posthorn.endpoint.disabled' || disabled.has(s.endpointId)))
  for (const alert of alerts) {
    await tx.run(sql`insert into outbox (organization, type, data, origin, created_at) values (${alert.organization}, ${alert.type}, ${alert.data}, 4, ${tx.now})`)
  }
  return alerts.length > 0
}
