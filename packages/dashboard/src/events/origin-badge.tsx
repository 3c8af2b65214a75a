import { Badge } from '../pieces/badge.js'
import type { Event } from '@posthorn/client'

/** By which way an event came into the stream. */
const names: Readonly<Record<Event['origin'], string>> = { api: 'API', sql: 'SQL', test: 'test', receipt: 'receipt', alert: 'alert', consumer: 'consumer' }

export function OriginBadge({ origin, test }: { origin: Event['origin']; test: boolean }) {
  return <Badge look={test ? 'cool' : origin === 'alert' ? 'wait' : 'none'}>{names[origin] ?? origin}</Badge>
}
