import { hasFreeDueLanes, wokenLanes } from '../deliveries/lanes.js'
import { listDeliveries } from '../deliveries/list-deliveries.js'
import { readDelivery } from '../deliveries/read-delivery.js'
import { undispatched } from '../dispatch/undispatched.js'
import { loadEndpoints } from '../endpoints/read-endpoints.js'
import { readFact } from '../installation/installation.js'
import type { Database } from '../storage/database.js'

/** Everything that only reads. */
export const queries = {
  undispatched: (db: Database, _input: object) => undispatched(db),
  hasFreeDueLanes: (db: Database, _input: object) => hasFreeDueLanes(db),
  loadEndpoints,
  readFact,
  listDeliveries,
  readDelivery,
  wokenLanes: (db: Database, input: { session: string }) => wokenLanes(db, input.session),
}
export type Queries = typeof queries
