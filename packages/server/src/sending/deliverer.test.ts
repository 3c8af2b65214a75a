import { expect, test } from 'vitest'
import { builtInFormats } from '../formats/built-in-formats.js'
import { Format, publicEventId } from '../formats/format.js'
import { Deliverer } from './deliverer.js'
import { delivererLimits } from './deliverer-limits.js'
import { headroomLimits } from './headroom.js'
import type { AttemptResult } from '../attempts/attempt.js'
import type { LaneDelivery, LaneLook, LookRequest } from '../lanes/lanes.js'
import type { StoredEvent } from '../events/event.js'
import type { Target } from '../attempts/target.js'

const anEvent: StoredEvent = { id: 7, organizationId: 1, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0 }
const cut = new Error('The connection was cut at the commit.')
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

test('idle lanes are let go of a few hundred at a time, however many there are', async () => {
  const { deliverer, looks, time } = given()
  deliverer.taken(manyLanes)
  await aMoment()
  for (let i = 0; i < looks.length; i++) {
    looks[i]?.([])
    await aMoment()
  }
  time.now += delivererLimits.idleMs
  deliverer.findIdle()
  let turns = 0
  for (let released = deliverer.lanesToRelease(); released.length > 0; released = deliverer.lanesToRelease()) {
    expect(released.length).toBeLessThanOrEqual(delivererLimits.releaseAtOnce)
    turns++
    deliverer.released(released)
    deliverer.turnEnded()
  }
  expect(turns).toBe(manyLanes.length / delivererLimits.releaseAtOnce)
  expect(deliverer.laneCount).toBe(0)
})

test('a replay that is read before its settlement is known is sent once it is', async () => {
  const { deliverer, looks, sent } = given()
  deliverer.taken([1])
  await aMoment()
  looks[0]?.([waiting()])
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
  deliverer.goOn()
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
    looks[0]?.([waiting()])
    await aMoment()
    sent[0]?.(accepted)
    const settling = deliverer.takeSettlements(10)
    deliverer.woken([{ endpointId: 1, version: 1 }])
    await aMoment()
    deliverer.settled(settling, 0)
    deliverer.goOn()
    looks[1]?.([waiting({ attempts })])
    await aMoment()
    expect(sent).toHaveLength(requests)
  }
})

test('what a strictly ordered lane gave back while it was stopped is read again before anything newer is sent', async () => {
  const { deliverer, looks, sentIds, endpoint, returned } = given({ ordered: true })
  deliverer.taken([1])
  await aMoment()
  looks[0]?.([])
  await aMoment()

  // Paused, and enabled again; what waits is read while this node still takes it for paused, and is given back.
  Object.assign(endpoint, { isEnabled: false, version: 2 })
  deliverer.woken([{ endpointId: 1, version: 2 }])
  await aMoment()
  Object.assign(endpoint, { isEnabled: true, version: 3 })
  looks[1]?.([waiting()])
  await aMoment()
  const newer = { ...anEvent, id: 8 }
  deliverer.handed({ events: [newer], handed: [{ eventId: 8, endpointId: 1, format: 1 }], takenLanes: [] })
  deliverer.goOn()
  // One look at a time: the other lane's comes first.
  deliverer.taken([2])
  await aMoment()
  returned[0]?.()
  await aMoment()
  expect(sentIds).toEqual([])

  looks[2]?.([])
  await aMoment()
  expect(sentIds).toEqual([])
  looks[3]?.([waiting()])
  await aMoment()
  expect(sentIds).toEqual([publicEventId(anEvent)])
})

test('when a look has failed, a strictly ordered lane sends nothing until the next one was seen', async () => {
  const { deliverer, looks, failLook, sentIds, passTime } = given({ ordered: true })
  deliverer.taken([1])
  await aMoment()
  failLook[0]?.(cut)
  hand(deliverer, 1, [1])
  await aMoment()
  expect(sentIds).toEqual([])
  await passTime(1_000)
  looks[1]?.([])
  await aMoment()
  expect(sentIds).toHaveLength(1)
})

test('a strictly ordered lane of which a part was read sends nothing that comes after it', async () => {
  const { deliverer, looks, asked, sent, sentIds, passTime } = given({ ordered: true })
  deliverer.taken([1])
  await aMoment()
  // Handed over before it was known that the lane is behind.
  const many = Array.from({ length: asked[0]?.[0]?.limit ?? 0 }, (_, i) => i)
  const handed = many.map((i) => ({ ...anEvent, id: 9_000 + i }))
  deliverer.handed({ events: handed, handed: handed.map(({ id }) => ({ eventId: id, endpointId: 1, format: 1 })), takenLanes: [] })
  const read = many.map((i) => waiting({ eventId: 7 + i }))
  looks[0]?.(read, { isBehind: true })

  const middle = { ...anEvent, id: 5_000 }
  for (let seen = 1; sentIds.length < read.length + 1 + handed.length; ) {
    await passTime()
    if (looks.length > seen) looks[seen++]?.([waiting({ eventId: middle.id })])
    else {
      sent[sent.length - 1]?.(accepted)
      deliverer.settled(deliverer.takeSettlements(10), 0)
      deliverer.goOn()
    }
  }
  expect(sentIds).toEqual([...read.map(({ eventId }) => publicEventId({ ...anEvent, id: eventId })), publicEventId(middle), ...handed.map(publicEventId)])
})

test('a strictly ordered lane that is read while a turn is under way sends first what that turn hands over', async () => {
  const { deliverer, looks, sentIds } = given({ ordered: true })
  deliverer.taken([1])
  await aMoment()
  expect(deliverer.lanesToRelease()).toEqual([])
  // Committed after the turn, but known before it.
  looks[0]?.([waiting()])
  await aMoment()
  expect(sentIds).toEqual([])

  hand(deliverer, 1, [1])
  deliverer.turnEnded()
  deliverer.goOn()
  expect(sentIds).toEqual([publicEventId({ ...anEvent, id: 1 })])
})

const manyLanes = Array.from({ length: 2_000 }, (_, i) => i + 1)

test('however many lanes of one organization are lined up, another one sends at once', async () => {
  const { deliverer, sent, origins, passTime } = given()
  hand(deliverer, 1, manyLanes)
  await passTime()
  const ofBig = sent.length
  expect(ofBig).toBe(delivererLimits.maxInFlight / 2)

  hand(deliverer, 2, [5_001])
  await passTime()
  expect(origins.slice(ofBig)).toEqual(['https://receiver-5001.example'])
})

test('an organization whose results are not settled yet leaves attempts to the others, and goes on once they are', async () => {
  const { deliverer, sent, origins, passTime } = given()
  hand(deliverer, 1, manyLanes)
  await passTime()
  for (let answered = 0; answered < sent.length; await passTime()) while (answered < sent.length) sent[answered++]?.(accepted)
  const ofBig = sent.length
  expect(ofBig).toBe(delivererLimits.maxOpen * 3 / 4)
  expect(deliverer.unsettled).toBe(ofBig)

  hand(deliverer, 2, [5_001])
  await passTime()
  expect(origins.slice(ofBig)).toEqual(['https://receiver-5001.example'])

  while (sent.length < manyLanes.length + 1) {
    const settling = deliverer.takeSettlements(100)
    expect(settling).not.toHaveLength(0)
    const before = sent.length
    deliverer.settled(settling, 0)
    deliverer.goOn()
    await passTime()
    for (const answer of sent.slice(before)) answer(accepted)
  }
})

test('a few are started at once, and the event loop has its turn before the next are', async () => {
  const { deliverer, sent, passTime } = given()
  hand(deliverer, 1, manyLanes)
  await aMoment()
  expect(sent).toHaveLength(delivererLimits.startAtOnce)
  await passTime()
  expect(sent.length).toBeGreaterThan(delivererLimits.startAtOnce)
})

test('the looks of one transaction read no more together than whoever publishes can wait for', async () => {
  const { deliverer, looks, asked } = given()
  deliverer.taken(manyLanes.slice(0, 200))
  for (let answered = 0; answered < 10; answered++) {
    await aMoment()
    looks[answered]?.([])
  }
  const read = (requests: readonly LookRequest[] | undefined): number => (requests ?? []).reduce((sum, { limit }) => sum + limit, 0)
  expect(Math.max(...asked.map((requests) => requests.length))).toBeGreaterThan(1)
  expect(Math.max(...asked.map(read))).toBeGreaterThanOrEqual(delivererLimits.readAtOnce)
  for (const requests of asked) expect(read(requests.slice(0, -1))).toBeLessThan(delivererLimits.readAtOnce)
})

test('of an organization with enough lanes to send from no others are read meanwhile; of another one they are', async () => {
  const { deliverer, asked, looks, sent, passTime } = given()
  const lookedAt = (): number[] => asked.flat().map(({ endpointId }) => endpointId)
  hand(deliverer, 1, manyLanes.slice(0, 400))
  await passTime()
  expect(400 - sent.length).toBeGreaterThan(delivererLimits.readyLanes)
  deliverer.taken([4_000, 5_001])
  await passTime()
  expect(lookedAt()).toEqual([5_001])
  expect(deliverer.satisfied).toEqual([1])
  expect(deliverer.looksWaiting).toBe(0)
  looks[0]?.([])

  for (const done of sent) done(accepted)
  await passTime()
  expect(sent).toHaveLength(400)
  deliverer.settled(deliverer.takeSettlements(1_000), 0)
  await passTime()
  expect(lookedAt()).toEqual([5_001, 4_000])
  expect(deliverer.satisfied).toEqual([])
})

test('lanes that leave the line let others be read, even if nothing has come back yet', async () => {
  const { deliverer, asked, sent, leave, passTime } = given()
  leave.toStart = false
  hand(deliverer, 1, manyLanes.slice(0, delivererLimits.readyLanes + 1))
  deliverer.taken([4_000])
  await passTime()
  expect(asked).toEqual([])
  leave.toStart = true
  deliverer.goOn()
  await passTime()
  expect(sent).toHaveLength(delivererLimits.readyLanes + 1)
  expect(asked.flat().map(({ endpointId }) => endpointId)).toEqual([4_000])
})

test('a backlog gives way to what another organization publishes, and goes on with what that leaves of the event loop', async () => {
  const { deliverer, looks, sent, loop, passTime } = given()
  deliverer.taken([1])
  await passTime()
  looks[0]?.(Array.from({ length: 2 * headroomLimits.few.begun }, (_, i) => waiting({ eventId: i + 1 })))
  await passTime()
  let answered = 0
  const answerAll = (): void => {
    const underWay = sent.slice(answered)
    answered += underWay.length
    for (const done of underWay) done(accepted)
    deliverer.settled(deliverer.takeSettlements(1_000), 0)
    deliverer.goOn()
  }
  while (sent.length <= headroomLimits.few.begun) {
    answerAll()
    await passTime()
  }
  const underWay = sent.length
  hand(deliverer, 2, [5_001])
  await passTime()
  expect(sent).toHaveLength(underWay + 1)

  loop.activeMs += 100
  answerAll()
  await passTime()
  expect(sent).toHaveLength(underWay + 1)
  hand(deliverer, 2, [5_002])
  await passTime()
  expect(sent).toHaveLength(underWay + 2)
  loop.idleMs += 100 / headroomLimits.activeTimesIdle.ofOne
  await passTime(headroomLimits.oneEveryMs)
  expect(sent.length).toBeGreaterThan(underWay + 2)
})

/** Hands over one delivery on each of these lanes. */
function hand(deliverer: Deliverer, organizationId: number, endpointIds: readonly number[]): void {
  const event = { ...anEvent, id: organizationId, organizationId }
  deliverer.handed({ events: [event], handed: endpointIds.map((endpointId) => ({ eventId: event.id, endpointId, format: 1 })), takenLanes: [...endpointIds] })
  deliverer.goOn()
}

function waiting({ eventId = anEvent.id, attempts = 0 }: { eventId?: number; attempts?: number } = {}): LaneDelivery {
  return { eventId, endpointId: 1, state: 1, attempts, step: 0, format: 1, exempt: attempts > 0, dueAt: 0 }
}

/** A deliverer whose looks and requests are answered by the test, each when it likes. */
function given({ ordered = false } = {}) {
  /** What all endpoints have in common just now. */
  const endpoint = { ordered, isEnabled: true, version: 1 }
  const sentIds: string[] = []
  const returned: (() => void)[] = []
  const failLook: ((error: Error) => void)[] = []
  const looks: ((deliveries: LaneDelivery[], found?: { isBehind: boolean }) => void)[] = []
  const sent: ((result: AttemptResult) => void)[] = []
  const time = { now: 0 }
  const loop = { activeMs: 0, idleMs: 0 }
  const leave = { toStart: true }
  const format = new Format(builtInFormats.standard)
  const origins: string[] = []
  const asked: LookRequest[][] = []
  let later: { ms: number; callback: () => void }[] = []
  // Beyond 5,000 they are the other organization's.
  const target = (endpointId: number): Target => ({
    endpointId, organizationId: endpointId > 5_000 ? 2 : 1, organization: 'acme', url: `https://receiver-${endpointId}.example/`, origin: `https://receiver-${endpointId}.example`, path: '/',
    timeoutMs: 1_000, spacingMs: 0, waitsMs: [0], extraHeaders: {}, staleAt: null, sign: () => ({}), ...endpoint,
  })
  const deliverer = new Deliverer({
    now: () => time.now, random: () => 0, after: (ms, callback) => {
      later.push({ ms, callback })
      return () => {}
    }, soon: (callback) => { later.push({ ms: 0, callback }) }, workTimes: () => [{ ...loop }], userAgent: 'test', format: () => format, mayStart: () => leave.toStart, wantSettling() {}, wantRelease() {}, observe() {},
    send: ({ origin, headers }, done) => {
      sentIds.push(headers['webhook-id'] ?? '')
      origins.push(origin)
      sent.push(done)
    },
    loadTargets: async (endpointIds) => endpointIds.map(target),
    look: (requests: LookRequest[]) => new Promise((resolve, reject) => {
      asked.push(requests)
      failLook.push(reject)
      looks.push((deliveries, { isBehind } = { isBehind: false }) => resolve({
        looks: requests.map(({ endpointId }): LaneLook => ({ endpointId, deliveries, nextDueAt: null, isBehind, failingSince: null, version: endpoint.version })), events: deliveries.map(({ eventId }) => ({ ...anEvent, id: eventId })),
      }))
    }),
    returnToWaiting: () => new Promise((resolve) => { returned.push(resolve) }),
    report: (error) => { if (error !== cut) throw error },
  })
  /** What was to be done within so long is done, and then whatever is to be done at once. */
  const passTime = async (within = 0): Promise<void> => {
    for (let ms = within; ; ms = 0) {
      await aMoment()
      const due = later.filter((one) => one.ms <= ms)
      if (due.length === 0) return
      later = later.filter((one) => one.ms > ms)
      for (const { callback } of due) callback()
    }
  }
  return { deliverer, looks, failLook, asked, sent, sentIds, returned, endpoint, origins, time, loop, leave, passTime }
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve) })
}
