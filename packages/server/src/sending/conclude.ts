import { deliveryId, endpointId as publicEndpointId } from '../ids/public-id.js'
import { afterAttempt, deliveryStates, type Next } from '../deliveries/delivery.js'
import { failingMs } from './deliverer-limits.js'
import { keptRequestHeaders } from '../attempts/kept-request-headers.js'
import type { AttemptResult } from '../attempts/attempt.js'
import type { Item } from './lane.js'
import type { Settlement } from '../deliveries/settle.js'
import type { Target } from '../attempts/target.js'

export interface EndedAttempt {
  target: Target
  item: Item
  /** The event's id as receivers see it. */
  id: string
  headers: Record<string, string>
  startedAt: number
  result: AttemptResult
  /** Since when the endpoint has failed without a success, before this attempt. */
  failingSince: number | null
  random: () => number
}

/** Draws every conclusion from an attempt that has ended: what becomes of the delivery, of the endpoint, and who is to be told. */
export function conclude({ target, item, id, headers, startedAt, result, failingSince: before, random }: EndedAttempt): { settlement: Settlement; next: Next; failingSince: number | null } {
  const next = afterAttempt({ waitsMs: target.waitsMs, step: item.step, outcome: result.outcome, random })
  const isSuccess = next.state === 'succeeded'
  const failingSince = isSuccess ? null : before ?? startedAt
  const hasFailedLong = !isSuccess && before !== null && startedAt - before >= failingMs
  const disable = result.outcome.kind === 'gone' ? 'gone' as const : hasFailedLong ? 'failing' as const : null
  const settlement: Settlement = {
    eventId: item.eventId, endpointId: item.endpointId, organizationId: target.organizationId, attempts: item.attempts,
    state: deliveryStates[next.state], acceptedAt: item.event.createdAt, step: next.state === 'waiting' ? next.step : item.step, waitMs: next.state === 'waiting' ? next.waitMs : 0,
    at: startedAt, durationMs: result.durationMs, status: result.status, errorClass: result.errorClass, error: result.error,
    url: target.url, requestHeaders: keptRequestHeaders(headers, id), responseHeaders: result.responseHeaders === null ? null : JSON.stringify(result.responseHeaders),
    answer: result.excerpt === null ? null : Buffer.from(result.excerpt).toString('hex'),
    disable: disable === null ? null : { version: target.version, reason: disable },
    failingSince: failingSince === before ? undefined : failingSince,
    // An alert about an alert would raise the next.
    alerts: item.event.type.startsWith('posthorn.') ? [] : alertsOf(target, item, id, next, disable),
  }
  return { settlement, next, failingSince }
}

/** For a settlement that the database refuses: what the endpoint sent is left out, so that the delivery at least moves on. */
export function withoutDetails(settlement: Settlement): Settlement {
  return { ...settlement, error: 'The details of this attempt could not be stored.', requestHeaders: '{}', responseHeaders: null, answer: null }
}

function alertsOf(target: Target, item: Item, id: string, next: Next, disable: 'gone' | 'failing' | null): Settlement['alerts'] {
  const { organization, url } = target
  const endpointId = publicEndpointId(item.endpointId)
  const alerts: { organization: string; type: string; data: string }[] = []
  if (next.state === 'dead') {
    const told = { deliveryId: deliveryId(item.eventId, item.endpointId), endpointId, url, eventId: id, eventType: item.event.type, attemptCount: item.attempts + 1, reason: next.reason }
    alerts.push({ organization, type: 'posthorn.delivery.dead', data: JSON.stringify(told) })
  }
  if (disable !== null) alerts.push({ organization, type: 'posthorn.endpoint.disabled', data: JSON.stringify({ endpointId, url, reason: disable }) })
  return alerts
}
