import { deliveryStates } from '../deliveries/delivery.js'
import { ownFacts } from './copied-tables.js'
import type { Row } from '../storage/database.js'

/**
 * A row as it goes into the target, in which no process is at work: nobody holds a lane or a consumer, and what was being
 * sent is due. Undefined for what tells of the source alone. The same row becomes the same, however often it is asked.
 */
export function cleanRow(table: string, row: Row, { startedAt }: { startedAt: number }): Row | undefined {
  switch (table) {
    case 'installation': return ownFacts.includes(row['name'] as string) ? undefined : row
    case 'consumers': return { ...row, session: null }
    // Woken, so that whoever takes it sees for itself what there is to do.
    case 'lanes': return row['session'] === null ? row : { ...row, session: null, wake_at: startedAt }
    case 'deliveries': return row['state'] === deliveryStates.sending ? { ...row, state: deliveryStates.waiting, due_at: startedAt } : row
    default: return row
  }
}
