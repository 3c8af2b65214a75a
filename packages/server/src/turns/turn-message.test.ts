import { describe, expect, test } from 'vitest'
import { packTurn, unpackTurn } from './turn-message.js'
import type { Settlement } from '../deliveries/settle.js'
import type { NewEvent } from '../events/event.js'

describe('a turn that crosses to the thread of the database', () => {
  test('arrives as it was, each field in its place', () => {
    const event: Required<NewEvent> = { organizationId: 1, type: 'order.created', data: '{"n":1.0}', givenId: 'evt_own', occurredAt: 2, createdAt: 3, origin: 4, onlyEndpointId: 5, receiptId: 6, keys: [{ key: 'i:evt_own', digest: 'd' }], bytes: 9 }
    const settlement: Settlement = {
      eventId: 10, endpointId: 11, organizationId: 12, attempts: 13, state: 1, acceptedAt: 14, step: 15, waitMs: 16, at: 17, durationMs: 18, status: 503, errorClass: 'http', error: 'why',
      url: 'https://example.com/', requestHeaders: '{"a":"1"}', responseHeaders: '{"b":"2"}', answer: 'ff', disable: { version: 19, reason: 'gone' }, failingSince: 20, alerts: [{ organization: 'acme', type: 'posthorn.delivery.dead', data: '{}' }],
    }
    const turn = { session: 'ses_1', release: [21], dispatch: { organizations: [22], limit: 23, deliveries: 26, room: 24, fullLanes: [25] }, events: [event], settlements: [settlement] }

    expect(unpackTurn(structuredClone(packTurn(turn)))).toEqual(turn)
  })
})
