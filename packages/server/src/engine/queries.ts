import { wokenLanes } from '../deliveries/lanes.js'
import type { Database } from '../storage/database.js'

/** Everything that only reads. */
export const queries = {
  wokenLanes: (db: Database, input: { session: string }) => wokenLanes(db, input.session),
}
export type Queries = typeof queries
