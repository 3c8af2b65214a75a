import type { Settings } from '../config/settings.js'
import type { Chore } from '../time/periodic.js'
import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Log } from '../observability/log.js'

/** Deliveries that one step of a bulk replay makes due, and rows that one sweep removes: little, because others wait for the writer. */
const replayStep = 500
const sweepBatch = 500
/** Tallies that one step adds to the counters. */
const foldStep = 500
/** Counters of minutes that are over which one step adds to their hours. */
const sumStep = 200

/** What a node does beside the deliveries: bulk replays go on, what was counted is summed up, what is to be erased is, and what was kept long enough goes. */
export function housekeeping({ store, clock, log, settings, wake }: { store: Store; clock: Clock; log: Log; settings: Settings; wake: () => void }): Chore[] {
  return [
    {
      everyMs: 1_000,
      async work() {
        const { worked, replayed } = await store.command('stepReplays', { limit: replayStep })
        if (replayed > 0) wake()
        return worked
      },
    },
    { everyMs: 5_000, work: () => store.command('foldTallies', { limit: foldStep }) },
    { everyMs: 10_000, work: () => store.command('sumUp', { limit: sumStep }) },
    {
      everyMs: 60_000,
      async work() {
        const now = clock.now()
        const swept = await store.command('sweep', {
          payloadsBefore: now - settings.retentionPayloadsMs, attemptsBefore: now - settings.retentionAttemptsMs, bodiesBefore: now - settings.retentionBodiesMs,
          heldBefore: now - settings.retentionHeldMs, keysBefore: now - settings.retentionKeysMs, batch: sweepBatch,
        })
        return swept.more
      },
    },
    {
      everyMs: 5_000,
      async work() {
        const { worked, erased } = await store.command('eraseStep', { batch: sweepBatch })
        if (erased !== undefined) log.info('organization_erased', { organization: erased })
        return worked
      },
    },
    ...(store.dialect === 'postgres' ? partitionChores({ store, clock, settings }) : []),
  ]
}

/** Days are made before they come, and dropped when their time is over. Apart, so that neither waits for the other. */
function partitionChores({ store, clock, settings }: { store: Store; clock: Clock; settings: Settings }): Chore[] {
  return [
    {
      everyMs: 60_000,
      async work() {
        await store.command('makePartitionsAhead', {})
        await store.command('findUndeliveredSpan', {})
        return false
      },
    },
    {
      everyMs: 60_000,
      async work() {
        const now = clock.now()
        await store.command('dropPartitions', { payloadsBefore: now - settings.retentionPayloadsMs, attemptsBefore: now - settings.retentionAttemptsMs })
        return false
      },
    },
  ]
}
