/** Where an event came from, as it is stored. */
export const origins = { api: 0, sql: 1, test: 2, receipt: 3, alert: 4, consumer: 5 } as const
export type Origin = (typeof origins)[keyof typeof origins]
export type OriginName = keyof typeof origins

export function originName(origin: number): OriginName {
  const name = (Object.keys(origins) as OriginName[]).find((key) => origins[key] === origin)
  if (name === undefined) throw new Error(`No origin has the number ${origin}.`)
  return name
}

/** An event as the stream holds it. `data` is the publisher's own text and is never parsed on its way out. */
export interface StoredEvent {
  id: number
  organizationId: number
  type: string
  data: string
  /** The id that the publisher brought; it is what receivers see then. */
  givenId: string | null
  occurredAt: number
  /** When it was accepted. */
  createdAt: number
}

/** An event that is to be appended. */
export interface NewEvent {
  /** The organization's row, which the append proves to exist. */
  organizationId: number
  type: string
  data: string
  givenId?: string | undefined
  occurredAt: number
  createdAt: number
  origin: Origin
  /** A test event goes to this endpoint and no other. */
  onlyEndpointId?: number | undefined
  /** Where it came in. */
  receiptId?: number | undefined
  /** What makes a repeated publish the same publish: the given id, an Idempotency-Key. */
  keys?: readonly EventKey[] | undefined
  /** Bytes that a group commit counts. */
  bytes: number
}

/** `key` within the organization; `digest` of what came with it, so that the same key with other content is told apart. */
export interface EventKey { key: string; digest: string }
