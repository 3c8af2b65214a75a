import type { Whose } from './whose-event.js'

/** What became of one inbound request. */
export const verdicts = ['accepted', 'duplicate', 'refused', 'handshake'] as const
export type ReceiptVerdict = (typeof verdicts)[number]
export const verdictNumber = (verdict: ReceiptVerdict): number => verdicts.indexOf(verdict)

/** A request as it arrived and what verifying it found, on its way to be stored. */
export interface ArrivedReceipt {
  sourceId: number
  receivedAt: number
  method: string
  /** Path and query. */
  url: string
  headers: HeaderPairs
  body: Uint8Array
  verdict: Exclude<ReceiptVerdict, 'duplicate'>
  /** What the sender is answered; a duplicate is answered as what was accepted is. */
  status: number
  code?: string | undefined
  reason?: string | undefined
  dedupeId?: string | undefined
  type?: string | undefined
  /** One, or the parts of a batch. None unless accepted. */
  items: readonly ToldItem[]
  kept: Kept
  /** What is raised with it: data of the alert that its source refuses everything, as JSON. */
  alert?: string | undefined
}

export type HeaderPairs = readonly (readonly [name: string, value: string])[]

/** What became of a body: 0 all of it is here, 1 too large to be sent on as an event, 2 not kept at all. */
export type Kept = 0 | 1 | 2

/** One happening that a request tells. */
export interface ToldItem {
  /** If one of them is known, this was told before. */
  keys: readonly string[]
  whose: Whose
  /** The provider's own event and what it means in our words, in this order. */
  events: readonly ToldEvent[]
}

export interface ToldEvent {
  type: string
  /** JSON. */
  data: string
  occurredAt: number
  /** What a public event tells. Another request may have told it already, under another id: then it is not told again. */
  key?: string | undefined
}

/** What became of a receipt once it is on stable storage. */
export interface Received {
  id: number
  verdict: ReceiptVerdict
  duplicateOf?: number | undefined
  /** Whose streams have moved. */
  organizationIds: number[]
}
