import { describe, expect, test } from 'vitest'
import { Subscriber, subscriberLimits, type Listener, type Telling } from './subscriber.js'
import type { StreamMessage } from './stream-message.js'

function given(listener: Partial<Listener> = {}): { subscriber: Subscriber; sent: StreamMessage[] } {
  const sent: StreamMessage[] = []
  const send = (message: StreamMessage): boolean => {
    sent.push(message)
    return true
  }
  return { subscriber: new Subscriber({ organization: undefined, hearsReceipts: true, send, ...listener }), sent }
}

const event = (organization: string): Telling => ({ kind: 'event', organization, id: 'evt_1', type: 'order.created', origin: 'api', createdAt: '', receiptId: null })
const receipt: Telling = { kind: 'receipt', organization: 'acme', id: 'rcp_1', source: 'stripe', provider: 'stripe', verdict: 'refused', code: null, type: null, receivedAt: '' }

describe('a subscriber', () => {
  test('hears all organizations, or the one it asked for', () => {
    const all = given()
    const one = given({ organization: 'acme' })
    for (const { subscriber } of [all, one]) for (const organization of ['acme', 'umbrella']) subscriber.tell(event(organization))
    expect(all.sent).toEqual([event('acme'), event('umbrella')])
    expect(one.sent).toEqual([event('acme')])
  })

  test('hears of receipts only if they are its matter', () => {
    const { subscriber, sent } = given({ hearsReceipts: false })
    subscriber.tell(receipt)
    expect(sent).toEqual([])
  })

  test('is told as much as can be followed, and of the rest how much it was', () => {
    const { subscriber, sent } = given()
    for (let n = 0; n < subscriberLimits.perSecond + 50; n++) subscriber.tell(event('acme'))
    for (let n = 0; n < 3; n++) subscriber.tell(receipt)
    expect(sent).toHaveLength(subscriberLimits.perSecond)

    subscriber.secondPassed()
    expect(sent.at(-1)).toEqual({ kind: 'missed', events: 50, attempts: 0, receipts: 3 })
    subscriber.tell(event('acme'))
    expect(sent.at(-1)).toEqual(event('acme'))
  })

  test('hears nothing of a second in which nothing was missed', () => {
    const { subscriber, sent } = given()
    subscriber.secondPassed()
    expect(sent).toEqual([])
  })

  test('is lost when it cannot take more, and is told nothing from then on', () => {
    let asked = 0
    const { subscriber } = given({ send: () => { asked++; return false } })
    subscriber.tell(event('acme'))
    subscriber.tell(event('acme'))
    expect(subscriber.isLost).toBe(true)
    expect(asked).toBe(1)
  })
})
