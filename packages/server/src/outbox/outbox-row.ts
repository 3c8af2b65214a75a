import type { Origin } from '../events/event.js'
import type { Column } from '../storage/database.js'

/** An event that waits to be appended: an alert, or what an application published in its own transaction. */
export interface OutboxRow {
  id: number
  /** As its publisher knows it; whether it exists is not known yet. */
  organization: string
  type: string
  data: string
  /** The id by which its publisher knows the event. */
  key: string | null
  origin: Origin
  created_at: number
  /** Null: at `created_at`. */
  occurred_at: number | null
}

export const idColumns: readonly Column[] = ['id int']
