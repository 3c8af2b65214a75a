import { endpointId } from '../ids/public-id.js'
import type { NodeObserver } from '../engine/node.js'
import type { Log } from '../observability/log.js'
import type { Metrics } from '../observability/metrics.js'
import type { Announcer } from '../stream/announcer.js'

/** Tells the log and the metrics what the node does. */
export function observerOf(log: Log, metrics: Metrics, announcer: Announcer): NodeObserver {
  return {
    accepted: (count) => metrics.eventsAccepted(count),
    committed: (events, durationMs) => metrics.committed(events, durationMs),
    attempt(ended) {
      const { organization, endpointId: endpoint, deliveryId, eventId, eventType, number, result, next } = ended
      announcer.attempt(ended)
      metrics.attemptEnded(result.outcome.kind === 'accepted' ? 'accepted' : result.errorClass ?? 'http', result.durationMs)
      if (next.state !== 'waiting') metrics.deliveriesEnded(next.state, 1)
      log.attempt({
        organization, endpoint: endpointId(endpoint), delivery: deliveryId, eventId, type: eventType, number,
        status: result.status ?? undefined, errorClass: result.errorClass ?? undefined, durationMs: result.durationMs,
        state: next.state === 'waiting' ? 'retrying' : next.state,
      })
    },
    parked(events) {
      metrics.eventsParked(events.length)
      for (const { organization, type, key, problem } of events) log.error('outbox parked an event', { organization, type, eventId: key ?? undefined, problem })
    },
    report: (error, what) => log.error('fault', { what, error }),
  }
}
