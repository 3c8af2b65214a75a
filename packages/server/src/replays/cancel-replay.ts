import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { readReplay, type Replay } from './replay.js'
import type { Database } from '../storage/database.js'

/** Stops a bulk replay where it is; what it has made due again stays so. Undefined when there is no such job. */
export async function cancelReplay(db: Database, wanted: { organizationId: number; id: number }): Promise<Replay | undefined> {
  return db.transaction(async (tx) => {
    await tx.run(sql`update replays set state = 2, updated_at = ${tx.now} where id = ${wanted.id} and organization_id = ${wanted.organizationId} and state = 0`)
    const replay = await readReplay(tx, wanted)
    if (replay?.state === 'done') throw new Problem('conflict', 'This replay is done already.', { fix: 'Discard the deliveries that are not to be sent.' })
    return replay
  })
}
