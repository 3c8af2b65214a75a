// What the API answers, as far as the dashboard shows it.

export interface Page<Item> { data: Item[]; next: string | null }

export interface Session { kind: 'admin' | 'organization'; organization: string | null; scopes: string[]; endsAt: string }

export type RetryPolicy = string | { schedule: string[] } | { exponential: object }

export interface Organization {
  id: string; name: string; catalog: string | null; format: string; retryPolicy: RetryPolicy; eventTypePolicy: string; webhookUrl: string | null; consumers?: string[]; createdAt: string
}

export type EndpointState = 'enabled' | 'paused' | 'disabled'

export interface Endpoint {
  id: string; url: string; description: string; eventTypes: string[]; format: string; headers: Record<string, string>; timeoutSeconds: number | null; ratePerSecond: number | null
  ordered: boolean; retryPolicy: RetryPolicy; secondSignature: { format: string } | null; inherits: string[]; managed: string | null; state: EndpointState
  disabledReason: string | null; secretHint: string; createdAt: string; updatedAt: string; secret?: string
}

export interface SigningSecret { secret: string; previousSecret?: string; overlapEndsAt?: string }

export interface UrlJudgement { isAccepted: boolean; url: string | null; code: string | null; detail: string | null; fix: string | null }

export const deliveryStates = ['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface Delivery {
  id: string; state: DeliveryState; endpointId: string; eventId: string; eventType: string | null; attemptCount: number
  dueAt: string | null; createdAt: string | null; updatedAt: string; test: boolean
}

export interface Attempt {
  id: string; number: number; startedAt: string; durationMs: number; status: number | null; errorClass: string | null; error: string | null; url: string
  requestHeaders: Record<string, string>; responseHeaders: Record<string, string | string[]> | null; responseExcerpt: string | null; responseExcerptEncoding: 'utf-8' | 'base64' | null
}

export interface DeliveryDetail extends Delivery {
  nextAttemptAt: string | null; format: string | null
  endpoint: { id: string; url: string; description: string; state: EndpointState | 'deleted' }
  event: { id: string; type: string; occurredAt: string; createdAt: string } | null
  requestBody: string | null
  attempts: Attempt[]
}

export interface Event { id: string; type: string; occurredAt: string; createdAt: string; origin: string; test: boolean; receiptId: string | null }

export interface Replay { id: string; state: 'running' | 'done' | 'cancelled'; matched: number; matchedIsAtLeast: boolean; replayed: number }

export interface Counts { succeeded: number; retrying: number; dead: number; discarded: number; replayed: number }
export interface Overview {
  from: string; to: string; stepMinutes: number; totals: Counts; steps: (Counts & { at: string })[]
  backlog?: { waiting: number; waitingIsAtLeast: boolean; oldestDueSeconds: number }
}

export interface CatalogType { type: string; description: string; schema: object; example: unknown }
export interface Catalog { name: string; title: string; description: string; defaultFormat: string; defaultRetryPolicy: string; defaultEventTypePolicy: string; types: CatalogType[] }

export interface ApiKey { id: string; name: string; scopes: string[]; hint: string; createdAt: string; expiresAt: string | null; key?: string }

export interface Source {
  id: string; name: string; provider: string; url: string; organizationId: string | null; state: string; managed: boolean; secretHints: string[]; createdAt: string
}

export const verdicts = ['accepted', 'duplicate', 'refused', 'handshake'] as const
export interface Receipt {
  id: string; source: string; provider: string; receivedAt: string; verdict: (typeof verdicts)[number]; status: number; code: string | null; reason: string | null; method: string; url: string
  bodyBytes: number; body: string; type: string | null; organizationId: string | null; unassigned: boolean; eventCount: number; replayedAt: string | null
}
export interface ReceiptDetail extends Receipt {
  headers: [string, string][]; content: { encoding: 'utf8' | 'base64'; data: string }; events: { id: string; type: string; organizationId: string }[]
}
