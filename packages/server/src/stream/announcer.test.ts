import { afterEach, describe, expect, test } from 'vitest'
import { Announcer, announcerLimits } from './announcer.js'
import type { Listener } from './subscriber.js'
import type { StreamMessage } from './stream-message.js'
import type { EventSummary } from '../events/read-events.js'

const event = (id: number, createdAt: number): EventSummary => ({ id, organization: 'acme', givenId: `event-${id}`, type: 'order.created', occurredAt: createdAt, createdAt, origin: 0, receiptId: null, erasedAt: null })

/** An announcer before a list of events that the test adds to. */
function given() {
  const events: EventSummary[] = []
  const reads: number[] = []
  const announcer = new Announcer({
    now: () => 1_000,
    newestEvents: async (organizationId, limit) => {
      reads.push(organizationId)
      return [...events].reverse().slice(0, limit)
    },
    newestReceipts: async () => [],
    organizationName: async (id) => `tenant-${id}`,
  })
  return { announcer, events, reads }
}

const unsubscribe: (() => void)[] = []
afterEach(() => { for (const stop of unsubscribe.splice(0)) stop() })

function listen(announcer: Announcer, listener: Partial<Listener> = {}): StreamMessage[] {
  const messages: StreamMessage[] = []
  unsubscribe.push(announcer.subscribe({ organization: undefined, hearsReceipts: true, send: (message) => messages.push(message) > 0, ...listener }))
  return messages
}

const attempt = { organization: 'acme', endpointId: 1, eventId: 'evt_1', deliveryId: 'dlv_1', eventType: 'order.created', number: 2, result: { status: 503, durationMs: 7 }, next: { state: 'waiting' as const } }

describe('an announcer', () => {
  test('reads nothing while nobody listens', async () => {
    const { announcer, reads } = given()
    announcer.streamsMoved([1])
    announcer.received()
    announcer.attempt(attempt)
    expect(announcer.isHeard).toBe(false)
    expect(reads).toEqual([])
  })

  test('tells of attempts what a line of a list shows', () => {
    const { announcer } = given()
    const messages = listen(announcer)
    announcer.attempt(attempt)
    expect(messages).toMatchObject([{ kind: 'attempt', organization: 'acme', deliveryId: 'dlv_1', number: 2, status: 503, errorClass: null, state: 'retrying' }])
  })

  test('tells each event once, in order, and none from before it was listened to', async () => {
    const { announcer, events } = given()
    const messages = listen(announcer)
    const ids = () => messages.map((message) => message.kind === 'event' && message.id)
    events.push(event(1, 999), event(2, 1_000), event(3, 1_001))
    announcer.streamsMoved([7, 7])
    await expect.poll(ids).toEqual(['event-2', 'event-3'])
    events.push(event(4, 1_002))
    announcer.streamsMoved([7])
    await expect.poll(ids).toEqual(['event-2', 'event-3', 'event-4'])
    expect(messages[0]).toMatchObject({ organization: 'tenant-7' })
  })

  test('looks once for many moves of a stream', async () => {
    const { announcer, events, reads } = given()
    const messages = listen(announcer)
    for (let id = 1; id <= 100; id++) {
      events.push(event(id, 2_000))
      announcer.streamsMoved([7])
    }
    await expect.poll(() => messages.length).toBe(100)
    expect(reads.length).toBeLessThanOrEqual(3)
  })

  test('does not read the stream of an organization that nobody asked for', async () => {
    const { announcer, reads } = given()
    listen(announcer, { organization: 'tenant-1' })
    announcer.streamsMoved([2])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(reads).toEqual([])
  })

  test('lets go of a listener that is too slow', () => {
    const { announcer } = given()
    listen(announcer, { send: () => false })
    announcer.attempt(attempt)
    expect(announcer.isHeard).toBe(false)
  })

  test('is full at some point', () => {
    const { announcer } = given()
    for (let n = 0; n < announcerLimits.subscribers; n++) listen(announcer)
    expect(announcer.isFull).toBe(true)
  })
})
