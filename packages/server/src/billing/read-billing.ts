import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'
import type { AuditEntry, BillingState, BillingView } from './billing.js'

/** Lines of the audit log that are shown. */
const linesShown = 200

/** An organization's billing with the newest lines of its audit log; nothing of a record where nothing was told. */
export async function readBilling(db: Database, { organizationId }: { organizationId: number }): Promise<{ view: BillingView | null; auditLog: AuditEntry[] }> {
  const row = await db.first<{ state: string }>(sql`select state from billing_records where organization_id = ${organizationId}`)
  const lines = await db.all<{ event: string; at: number; action: AuditEntry['action']; details: string }>(sql`
    select event, at, action, details from billing_audit_log where organization_id = ${organizationId} order by at desc, event desc limit ${linesShown}`)
  return {
    view: row === undefined ? null : (JSON.parse(row.state) as BillingState).view,
    auditLog: lines.map((line) => ({ ...line, details: JSON.parse(line.details) as AuditEntry['details'] })),
  }
}
