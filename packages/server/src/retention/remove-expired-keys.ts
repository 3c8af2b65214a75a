import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Forgets which publishes and requests were made already, once nobody may repeat them any more. */
export async function removeExpiredKeys(tx: Database, { belowEventId, before, batch }: { belowEventId: number; before: number; batch: number }): Promise<{ removed: number; more: boolean }> {
  const keys = await tx.run(sql`
    delete from event_keys where (organization_id, key) in (
      select organization_id, key from event_keys where event_id < ${belowEventId} order by event_id limit ${batch})`)
  const answers = await tx.run(sql`
    delete from idempotent_answers where (scope, key) in (
      select scope, key from idempotent_answers where created_at < ${before} order by created_at limit ${batch})`)
  return { removed: keys + answers, more: keys === batch || answers === batch }
}
