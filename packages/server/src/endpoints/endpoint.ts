/** A customer's URL and how to send to it, as it is stored. What is sealed stays so until someone needs it in the clear. */
export interface Endpoint {
  id: number
  organizationId: number
  url: string
  description: string
  eventTypes: string[]
  /** Undefined where the organization's holds: null. */
  format: string | null
  sealedSecrets: string
  sealedHeaders: string | null
  sealedSecondSignature: string | null
  timeoutMs: number | null
  ratePerSecond: number | null
  ordered: boolean
  /** What the user wrote; null where the organization's holds. */
  retryPolicy: unknown
  /** Which of the organization's own settings this endpoint is, such as `webhookUrl`. */
  managed: string | null
  state: EndpointState
  disabledReason: string | null
  version: number
  createdAt: number
  updatedAt: number
}

/** An endpoint's state as it is stored. */
export const endpointStates = { enabled: 0, paused: 1, disabled: 2, deleted: 3 } as const
export type EndpointState = (typeof endpointStates)[keyof typeof endpointStates]
export type EndpointStateName = 'enabled' | 'paused' | 'disabled' | 'deleted'

export function endpointStateName(state: number): EndpointStateName {
  return stateNames[state] as EndpointStateName
}

const stateNames: readonly EndpointStateName[] = ['enabled', 'paused', 'disabled', 'deleted']

export interface EndpointRow {
  id: number
  organization_id: number
  url: string
  description: string
  event_types: string
  format: string | null
  secrets: string
  headers: string | null
  timeout_ms: number | null
  rate_per_second: number | null
  ordered: number
  retry_policy: string | null
  second_signature: string | null
  managed: string | null
  state: number
  disabled_reason: string | null
  version: number
  created_at: number
  updated_at: number
}

export function asEndpoint(row: EndpointRow): Endpoint {
  return {
    id: row.id, organizationId: row.organization_id, url: row.url, description: row.description, eventTypes: JSON.parse(row.event_types) as string[], format: row.format,
    sealedSecrets: row.secrets, sealedHeaders: row.headers, sealedSecondSignature: row.second_signature, timeoutMs: row.timeout_ms, ratePerSecond: row.rate_per_second,
    ordered: row.ordered === 1, retryPolicy: row.retry_policy === null ? null : JSON.parse(row.retry_policy), managed: row.managed, state: row.state as EndpointState,
    disabledReason: row.disabled_reason, version: row.version, createdAt: row.created_at, updatedAt: row.updated_at,
  }
}
