import { registerFormats } from '../formats/register-formats.js'
import { turn, type Memory } from '../turns/turn.js'
import { beginSession, endSession, fenceDeadSessions, renewSession, type SessionOptions } from '../lanes/sessions.js'
import { lookAtLanes, returnToWaiting, takeLanes, type LookRequest, type Slices } from '../lanes/lanes.js'
import { discardDelivery } from '../deliveries/discard-delivery.js'
import { releaseDelivery } from '../deliveries/release-delivery.js'
import { replayDelivery } from '../deliveries/replay-delivery.js'
import { consume } from '../consumers/consume.js'
import { replayConsumerDeadLetter } from '../consumers/dead-letters.js'
import { beginHandlers, settleStretch, takeStretch } from '../consumers/take-stretch.js'
import { sumUp } from '../counters/sum-up.js'
import { foldTallies } from '../counters/tallies.js'
import { changeEndpoint, deleteEndpoint, moveEndpoint } from '../endpoints/change-endpoint.js'
import { createEndpoint } from '../endpoints/create-endpoint.js'
import { discardForDeletedEndpoints } from '../endpoints/discard-for-deleted.js'
import { eraseEvent } from '../erasure/erase-event.js'
import { eraseStep } from '../erasure/erase-organization.js'
import { createKey, revokeKey } from '../keys/keys.js'
import { changeOrganization, deleteOrganization } from '../organizations/change-organization.js'
import { createOrganization } from '../organizations/create-organization.js'
import { applyCatalog } from '../inventory/apply-catalog.js'
import { once } from '../idempotency/once.js'
import { keepFact } from '../installation/installation.js'
import { relayRows } from '../outbox/relay-rows.js'
import { cancelReplay } from '../replays/cancel-replay.js'
import { startReplay } from '../replays/start-replay.js'
import { stepReplays } from '../replays/step-replays.js'
import { makePartitionsAhead } from '../partitions/make-partitions.js'
import { findUndeliveredSpan } from '../partitions/undelivered-span.js'
import { dropPartitions } from '../retention/drop-partitions.js'
import { sweep } from '../retention/sweep.js'
import { changeSource, createSource, deleteSource, registerBuiltInSources } from '../sources/change-sources.js'
import { createLink, deleteLink } from '../sources/links.js'
import { receive } from '../receipts/receive.js'
import { receiveAgain } from '../receipts/receive-again.js'
import type { Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/** Everything that changes the database. Whatever is here runs one after another where the database has one writer. */
export const commands = {
  turn,
  relayRows,
  registerFormats,
  keepFact,
  createOrganization: once(createOrganization),
  changeOrganization,
  deleteOrganization,
  createEndpoint: once(createEndpoint),
  changeEndpoint: once(changeEndpoint),
  moveEndpoint: once(moveEndpoint),
  deleteEndpoint,
  discardForDeletedEndpoints,
  createKey: once(createKey),
  revokeKey,
  replayDelivery: once(replayDelivery),
  releaseDelivery: once(releaseDelivery),
  discardDelivery: once(discardDelivery),
  startReplay: once(startReplay),
  stepReplays,
  cancelReplay,
  eraseEvent,
  eraseStep,
  sweep,
  sumUp,
  foldTallies,
  makePartitionsAhead: (db: Database, _input: object) => makePartitionsAhead(db),
  dropPartitions,
  findUndeliveredSpan: (db: Database, _input: object) => findUndeliveredSpan(db),
  consume,
  replayConsumerDeadLetter,
  beginHandlers,
  takeStretch,
  settleStretch,
  applyCatalog,
  receive,
  receiveAgain,
  createSource: once(createSource),
  changeSource,
  deleteSource,
  registerBuiltInSources,
  createLink: once(createLink),
  deleteLink,
  beginSession: (db: Database, { node, ...session }: SessionOptions & { node: string }) => beginSession(db, node, session),
  renewSession: (db: Database, input: { session: string }) => renewSession(db, input.session),
  endSession: (db: Database, input: { session: string }) => endSession(db, input.session),
  fenceDeadSessions: (db: Database, _input: object) => fenceDeadSessions(db),
  takeLanes: (db: Database, input: { session: string; limit: number; slices?: Slices | undefined; passOver?: readonly number[] }, memory: Memory) => takeLanes(db, input.session, input.limit, { search: memory.lanes, slices: input.slices, passOver: input.passOver }),
  lookAtLanes: (db: Database, input: { session: string; requests: LookRequest[] }) => lookAtLanes(db, input.session, input.requests),
  returnToWaiting: (db: Database, input: { session: string; deliveries: DeliveryKey[]; delayMs: number }) => returnToWaiting(db, input.session, input.deliveries, input.delayMs),
}
export type Commands = typeof commands
