import type { Plans } from '../billing/plans.js'
import type { Database } from '../storage/database.js'
import type { ConsumerName } from './consumer-names.js'

/** Reads organizations' streams and keeps something of its own in step with them. */
export interface Consumer {
  readonly name: ConsumerName
  /** The event types that it reads; all others are stepped over. */
  readonly types: readonly string[]
  /**
   * Takes in one event, inside the transaction that also moves the cursor and appends what is returned: each event takes
   * effect once. Events of one organization come one at a time, and a provider may have sent them late, twice or in any order.
   *
   * @throws {BadEvent} where the event can never be taken in
   */
  consume(tx: Database, event: ConsumedEvent, settings: ConsumerSettings): Promise<readonly Publication[]>
}

export interface ConsumedEvent {
  id: number
  organizationId: number
  /** The organization's id as the API tells it. */
  organization: string
  type: string
  /** JSON, as it stands in the stream. */
  data: string
  occurredAt: number
}

/** What a consumer tells the organization's endpoints. */
export interface Publication {
  type: string
  data: unknown
  /** An alert is for the operator: it is matched by `posthorn.*` and not by `*`. */
  isAlert?: boolean
}

/** What consumers are configured with: plain values, as they cross a thread. */
export interface ConsumerSettings { plans: Plans }

/** An event that trying again cannot help: it is parked at once, with this as its reason. */
export class BadEvent extends Error {
  override readonly name = 'BadEvent'
}
