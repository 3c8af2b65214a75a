import { expect, test } from 'vitest'
import { builtInFormats } from '../formats/built-in-formats.js'
import { Format } from '../formats/format.js'
import { Deliverer } from './deliverer.js'
import { delivererLimits } from './deliverer-limits.js'
import type { AttemptResult } from './attempt.js'
import type { LaneDelivery, LaneLook, LookRequest } from './lanes.js'
import type { StoredEvent } from '../events/event.js'
import type { Target } from './target.js'

const event: StoredEvent = { id: 7, organizationId: 1, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0 }
const accepted: AttemptResult = { outcome: { kind: 'accepted' }, durationMs: 1, status: 200, errorClass: null, error: null, responseHeaders: {}, excerpt: null }

test('a lane that is being let go of is read again only when it has stayed', async () => {
  const { deliverer, looks, time } = given()
  deliverer.taken([1])
  await aMoment()
  looks[0]?.([])
  await aMoment()
  time.now += delivererLimits.idleMs
  deliverer.findIdle()
  expect(deliverer.lanesToRelease()).toEqual([1])

  deliverer.woken([{ endpointId: 1, version: 1 }])
  await aMoment()
  expect(looks).toHaveLength(1)
  deliverer.released([])
  await aMoment()
  expect(looks).toHaveLength(2)
})

test('a replay that is read before its settlement is known is sent once it is', async () => {
  const { deliverer, looks, sent } = given()
  deliverer.taken([1])
  await aMoment()
  looks[0]?.([waiting({ attempts: 0 })])
  await aMoment()
  sent[0]?.(accepted)
  const settling = deliverer.takeSettlements(10)

  // Committed, and replayed; only then does this node hear of its own settlement.
  deliverer.woken([{ endpointId: 1, version: 1 }])
  await aMoment()
  looks[1]?.([waiting({ attempts: 1 })])
  await aMoment()
  expect(sent).toHaveLength(1)
  deliverer.settled(settling, 0)
  await aMoment()
  looks[2]?.([waiting({ attempts: 1 })])
  await aMoment()
  expect(sent).toHaveLength(2)
})

test('what a look read before a settlement is not sent again; what it read after, as replayed, is', async () => {
  for (const { attempts, requests } of [{ attempts: 0, requests: 1 }, { attempts: 1, requests: 2 }]) {
    const { deliverer, looks, sent } = given()
    deliverer.taken([1])
    await aMoment()
    looks[0]?.([waiting({ attempts: 0 })])
    await aMoment()
    sent[0]?.(accepted)
    const settling = deliverer.takeSettlements(10)
    deliverer.woken([{ endpointId: 1, version: 1 }])
    await aMoment()
    deliverer.settled(settling, 0)
    looks[1]?.([waiting({ attempts })])
    await aMoment()
    expect(sent).toHaveLength(requests)
  }
})

function waiting({ attempts }: { attempts: number }): LaneDelivery {
  return { eventId: 7, endpointId: 1, state: 1, attempts, step: 0, format: 1, exempt: attempts > 0, dueAt: 0 }
}

/** A deliverer whose looks and requests are answered by the test, each when it likes. */
function given() {
  const looks: ((deliveries: LaneDelivery[]) => void)[] = []
  const sent: ((result: AttemptResult) => void)[] = []
  const time = { now: 0 }
  const format = new Format(builtInFormats.standard)
  const target: Target = {
    endpointId: 1, organizationId: 1, organization: 'acme', version: 1, isEnabled: true, url: 'https://receiver.example/', origin: 'https://receiver.example', path: '/',
    timeoutMs: 1_000, spacingMs: 0, ordered: false, waitsMs: [0], extraHeaders: {}, staleAt: null, sign: () => ({}),
  }
  const deliverer = new Deliverer({
    now: () => time.now, random: () => 0, after: () => () => {}, userAgent: 'test', format: () => format, mayStart: () => true, wantTurn() {}, observe() {},
    send: (_request, done) => { sent.push(done) },
    loadTargets: async () => [target],
    look: (requests: LookRequest[]) => new Promise((resolve) => {
      looks.push((deliveries) => resolve({
        looks: requests.map(({ endpointId }): LaneLook => ({ endpointId, deliveries, nextDueAt: null, isBehind: false, failingSince: null, version: 1 })), events: [event],
      }))
    }),
    returnToWaiting: async () => {},
    report: (error) => { throw error },
  })
  return { deliverer, looks, sent, time }
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve) })
}
