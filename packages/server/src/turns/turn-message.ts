import type { Settlement } from '../deliveries/settle.js'
import type { NewEvent } from '../events/event.js'
import type { Turn } from './turn.js'

/**
 * A turn as it crosses to the database's thread: its long lists as rows. Copying an object from one thread to another
 * writes and reads the name of each field beside its value, which for these takes longer than the values.
 */
export type TurnMessage = Omit<Turn, 'events' | 'settlements'> & { events: EventRow[]; settlements: SettlementRow[] }
type EventRow = ReturnType<typeof eventToRow>
type SettlementRow = ReturnType<typeof settlementToRow>
/** An optional field that is left out does not compile: what is not named here would not cross. */
type WithEveryField<T> = { [Field in keyof Required<T>]: T[Field] }

export function packTurn({ events, settlements, ...rest }: Turn): TurnMessage {
  return { ...rest, events: events.map(eventToRow), settlements: settlements.map(settlementToRow) }
}

export function unpackTurn({ events, settlements, ...rest }: TurnMessage): Turn {
  return { ...rest, events: events.map(eventFromRow), settlements: settlements.map(settlementFromRow) }
}

// Written out, as going through a list of names would cost more than the copying does.

function eventToRow(e: NewEvent) {
  return [e.organizationId, e.type, e.data, e.givenId, e.occurredAt, e.createdAt, e.origin, e.onlyEndpointId, e.receiptId, e.keys, e.bytes] as const
}

function eventFromRow(row: EventRow): WithEveryField<NewEvent> {
  return {
    organizationId: row[0], type: row[1], data: row[2], givenId: row[3], occurredAt: row[4], createdAt: row[5],
    origin: row[6], onlyEndpointId: row[7], receiptId: row[8], keys: row[9], bytes: row[10],
  }
}

function settlementToRow(s: Settlement) {
  return [
    s.eventId, s.endpointId, s.organizationId, s.attempts, s.state, s.acceptedAt, s.step, s.waitMs, s.at, s.durationMs, s.status, s.errorClass, s.error,
    s.url, s.requestHeaders, s.responseHeaders, s.answer, s.disable, s.failingSince, s.alerts,
  ] as const
}

function settlementFromRow(row: SettlementRow): Settlement {
  return {
    eventId: row[0], endpointId: row[1], organizationId: row[2], attempts: row[3], state: row[4], acceptedAt: row[5], step: row[6], waitMs: row[7],
    at: row[8], durationMs: row[9], status: row[10], errorClass: row[11], error: row[12],
    url: row[13], requestHeaders: row[14], responseHeaders: row[15], answer: row[16], disable: row[17], failingSince: row[18], alerts: row[19],
  }
}
