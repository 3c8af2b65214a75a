import { findFreeLanes, wokenLanes, type Slices } from '../lanes/lanes.js'
import { liveNodes } from '../lanes/sessions.js'
import { readBilling } from '../billing/read-billing.js'
import { dueConsumers, followingOrganizations } from '../consumers/consume.js'
import { listConsumerDeadLetters } from '../consumers/dead-letters.js'
import { listConsumers } from '../consumers/list-consumers.js'
import { dueHandlers } from '../consumers/take-stretch.js'
import { backlog } from '../counters/backlog.js'
import { failingEndpoints } from '../counters/failing-endpoints.js'
import { inboundCounts } from '../counters/inbound-counts.js'
import { overview } from '../counters/overview.js'
import { deadLetterGroups } from '../deliveries/dead-letter-groups.js'
import { listDeliveries } from '../deliveries/list-deliveries.js'
import { readDelivery } from '../deliveries/read-delivery.js'
import { undispatched } from '../dispatch/undispatched.js'
import { anySealedSecret, findEndpoint, listEndpoints, loadEndpoints } from '../endpoints/read-endpoints.js'
import { listEvents } from '../events/list-events.js'
import { findEvent } from '../events/read-events.js'
import { findAnswer } from '../idempotency/once.js'
import { findKeys, listKeys } from '../keys/keys.js'
import { findOrganization, findOrganizations, listOrganizations, readOrganization } from '../organizations/read-organizations.js'
import { ping } from '../storage/ping.js'
import { partitionDaysAhead } from '../partitions/make-partitions.js'
import { inspectedEndpoints } from '../inspector/inspected-endpoints.js'
import { listStock } from '../inventory/list-inventory.js'
import { readFact } from '../installation/installation.js'
import { listOrders } from '../orders/list-orders.js'
import { outboxState } from '../outbox/parked.js'
import { waitingInOutbox } from '../outbox/waiting.js'
import { countMatchingStretch, replayBounds } from '../replays/count-matching.js'
import { readReplay } from '../replays/replay.js'
import { listLinks } from '../sources/links.js'
import { findReceipt, listReceipts } from '../receipts/read-receipts.js'
import { findSource, listSources } from '../sources/read-sources.js'
import type { Memory } from '../turns/turn.js'
import type { Database } from '../storage/database.js'

/** Everything that only reads. */
export const queries = {
  undispatched: (db: Database, _input: object) => undispatched(db),
  liveNodes: (db: Database, _input: object) => liveNodes(db),
  ping,
  findOrganization,
  findOrganizations,
  readOrganization,
  listOrganizations,
  findKeys,
  listKeys,
  findEndpoint,
  listEndpoints,
  loadEndpoints,
  anySealedSecret,
  findEvent,
  listEvents,
  findAnswer,
  readFact,
  inspectedEndpoints,
  listDeliveries,
  deadLetterGroups,
  readDelivery,
  replayBounds,
  countMatchingStretch,
  readReplay,
  followingOrganizations,
  dueConsumers,
  dueHandlers,
  listConsumers,
  listConsumerDeadLetters,
  readBilling,
  listOrders,
  listStock,
  findSource,
  listSources,
  findReceipt,
  listReceipts,
  listLinks,
  overview,
  backlog,
  failingEndpoints,
  inboundCounts,
  outboxState,
  waitingInOutbox,
  partitionDaysAhead: (db: Database, _input: object) => partitionDaysAhead(db),
  /** What a node looks for again and again, in one operation: each wakes a thread, or crosses a network. */
  lanesToSee: async (db: Database, { session, slices }: { session: string; slices?: Slices | undefined }, memory: Memory) => ({
    woken: await wokenLanes(db, session), free: await findFreeLanes(db, { search: memory.lanes, slices }),
  }),
}
export type Queries = typeof queries
