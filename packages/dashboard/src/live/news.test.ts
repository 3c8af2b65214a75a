import { describe, expect, test } from 'vitest'
import { concerns, newsOf } from './news.js'
import type { StreamMessage } from '@posthorn/client'

const event = (changed: object = {}) => newsOf({ kind: 'event', organization: 'acme', id: 'evt_1', type: 'order.paid', origin: 'api', createdAt: '2026-01-01T00:00:00Z', receiptId: null, ...changed } as StreamMessage)

describe('news of the stream', () => {
  test('an event is news of the lists of its organization and of those of all, and of no other', () => {
    expect(concerns(event(), ['events', 'acme', { type: 'order.*' }])).toBe(true)
    expect(concerns(event(), ['events', null, {}])).toBe(true)
    expect(concerns(event(), ['overview', 'acme', 'hour'])).toBe(true)
    expect(concerns(event(), ['events', 'busy', {}])).toBe(false)
    expect(concerns(event(), ['keys', 'acme'])).toBe(false)
  })

  test('endpoints are read again for an alert alone, not for each of thousands of events', () => {
    expect(concerns(event(), ['endpoints', 'acme'])).toBe(false)
    expect(concerns(event({ type: 'posthorn.endpoint.disabled', origin: 'alert' }), ['endpoints', 'acme'])).toBe(true)
  })

  test('what came in may have become an order', () => {
    expect(concerns(event({ origin: 'receipt' }), ['orders', 'acme'])).toBe(true)
    expect(concerns(event(), ['orders', 'acme'])).toBe(false)
  })

  test('after a connection that was lost, or too much to tell, everything is news but who has signed in', () => {
    for (const message of [{ kind: 'connected', organization: null, at: '' }, { kind: 'missed', events: 1, attempts: 0, receipts: 0 }] as StreamMessage[]) {
      expect(concerns(newsOf(message), ['keys', 'acme'])).toBe(true)
      expect(concerns(newsOf(message), ['session'])).toBe(false)
    }
  })

  test('a kind that a newer server tells is news of nothing', () => {
    expect(concerns(newsOf({ kind: 'weather' } as unknown as StreamMessage), ['events', 'acme'])).toBe(false)
  })
})
