import type { Appended } from '../events/append.js'
import type { NewEvent } from '../events/event.js'
import type { Store } from '../operations/store.js'

/** What the API and an embedding application may ask of the engine. */
export interface Engine {
  readonly store: Store
  /**
   * Appends events in one durable transaction with whatever else arrives now; one answer for each, in order. Rejects with
   * the Problem `overloaded` when too many wait, and `unavailable` when the database is away or full; then nothing was stored.
   */
  publish(events: readonly NewEvent[]): Promise<Appended[]>
  /** Something was changed that the node should look at now rather than at its next poll: an endpoint, a replay, a release. */
  wake(): void
  /** Events were appended to these organizations' streams by a command of its own; they are dispatched now. */
  streamsMoved(organizationIds: readonly number[]): void
}
