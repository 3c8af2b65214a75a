import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import type { ErrorClass } from '../attempts/outcome.js'
import type { Column, Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/** What came of a delivery's last attempt. Where none was made yet, both are null. */
export interface LastAttempt { lastStatus: number | null; lastErrorClass: string | null }

/** Of deliveries, those whose last attempt ended so. */
export interface LastAttemptFilter {
  /** A status, or a class of them: `503`, `4xx`. */
  status?: string | undefined
  errorClass?: ErrorClass | undefined
}

export const statusPattern = /^[1-5](\d\d|xx)$/

export type Attempted = DeliveryKey & { attempts: number }

/** The same deliveries, each with what came of its last attempt: one look by key for each, so only for those that fit otherwise. */
export async function withLastAttempts<Delivery extends Attempted>(db: Database, deliveries: readonly Delivery[]): Promise<(Delivery & LastAttempt)[]> {
  const attempted = deliveries.filter(({ attempts }) => attempts > 0)
  const rows = attempted.length === 0 ? [] : await db.all<{ event_id: number; endpoint_id: number; status: number | null; error_class: string | null }>(sql`
    select a.event_id, a.endpoint_id, a.status, a.error_class
    from ${db.rows(attempted.map(({ eventId, endpointId, attempts }) => [eventId, endpointId, attempts]), columns)} as r
    join attempts a on a.event_id = r.event_id and a.endpoint_id = r.endpoint_id and a.number = r.number ${spanOf(db, rawSql('a.event_id'), attempted.map(({ eventId }) => eventId))}`)
  const byKey = new Map(rows.map((row) => [`${row.event_id} ${row.endpoint_id}`, { lastStatus: row.status, lastErrorClass: row.error_class }]))
  return deliveries.map((delivery) => ({ ...delivery, ...byKey.get(`${delivery.eventId} ${delivery.endpointId}`) ?? { lastStatus: null, lastErrorClass: null } }))
}

/** Undefined where any attempt fits. */
export function attemptMatcher({ status, errorClass }: LastAttemptFilter): ((last: LastAttempt) => boolean) | undefined {
  if (status === undefined && errorClass === undefined) return undefined
  const isClass = status?.endsWith('xx') === true
  return ({ lastStatus, lastErrorClass }) =>
    (status === undefined || (lastStatus !== null && (isClass ? String(lastStatus).startsWith(status.charAt(0)) : String(lastStatus) === status))) &&
    (errorClass === undefined || lastErrorClass === errorClass)
}

const columns: readonly Column[] = ['event_id int', 'endpoint_id int', 'number int']
