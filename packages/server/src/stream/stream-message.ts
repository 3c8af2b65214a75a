import type { OriginName } from '../events/event.js'
import type { ReceiptVerdict } from '../receipts/receipt.js'

/** What a live view is told: enough for a line of a list, and the ids to ask for the rest. */
export type StreamMessage = ConnectedMessage | EventMessage | AttemptMessage | ReceiptMessage | MissedMessage

/** The first message of each connection: what happened before was not told. */
export interface ConnectedMessage { kind: 'connected'; organization: string | null; at: string }

export interface EventMessage { kind: 'event'; organization: string; id: string; type: string; origin: OriginName; createdAt: string; receiptId: string | null }

export interface AttemptMessage {
  kind: 'attempt'
  organization: string
  deliveryId: string
  endpointId: string
  eventId: string
  eventType: string
  number: number
  status: number | null
  errorClass: string | null
  durationMs: number
  /** Of the delivery, now. */
  state: 'retrying' | 'succeeded' | 'dead'
}

export interface ReceiptMessage { kind: 'receipt'; organization: string | null; id: string; source: string; provider: string; verdict: ReceiptVerdict; code: string | null; type: string | null; receivedAt: string }

/** More happened in the last second than was told: at least this much. */
export interface MissedMessage { kind: 'missed'; events: number; attempts: number; receipts: number }
