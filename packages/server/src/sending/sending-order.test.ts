import { expect, test } from 'vitest'
import { delivererLimits } from './deliverer-limits.js'
import { Headroom, headroomLimits } from './headroom.js'
import { LaneMemory } from './lane-memory.js'
import { Lane, type Item } from './lane.js'
import { SendingOrder } from './sending-order.js'
import type { Target } from '../attempts/target.js'

const room = { hasRoomForAgain: true }

test('first attempts go before retries, but every fourth turn is a retry\'s, and while retries have their fill none is', () => {
  const { order, lane } = given()
  const turns = (hasRoomForAgain: boolean): boolean[] => Array.from({ length: 8 }, () => {
    for (const one of [lane(1, [item(1)]), lane(2, [item(2, { step: 1 })])]) order.lineUp(one)
    return order.next(0, { hasRoomForAgain })?.preferAgain ?? false
  })
  expect(turns(true).filter(Boolean)).toHaveLength(2)
  expect(turns(false).filter(Boolean)).toHaveLength(0)
})

test('a lane that gives way stands aside until there is room again, and then comes back by itself', () => {
  const { order, lane, headroom, loop } = given()
  const backlog = lane(1, [item(1, { isFromDatabase: true })])
  order.lineUp(backlog)
  workOff(headroom, 1)
  headroom.published(2, 0)
  loop.activeMs += headroomLimits.spellMs
  expect(order.next(0, room)?.lane).toBe(backlog)
  expect(order.givesWay(backlog, backlog.fresh.peek() as Item, 0)).toBe(true)
  expect(order.readyOf(1)).toBe(1)
  expect(order.hasResting).toBe(true)
  expect(order.next(0, room)).toBeUndefined()
  loop.idleMs += headroomLimits.spellMs
  expect(order.next(0, room)?.lane).toBe(backlog)
  expect(order.hasResting).toBe(false)
  expect(order.givesWay(backlog, backlog.fresh.peek() as Item, 0)).toBe(false)
  expect(order.readyOf(1)).toBe(0)
})

function workOff(headroom: Headroom, organizationId: number): void {
  for (let begun = 0; begun <= headroomLimits.few.begun; begun++) headroom.began(organizationId, 0)
}

/** An order over a memory; lanes hold what they are given. */
function given() {
  const loop = { activeMs: 0, idleMs: 0 }
  const headroom = new Headroom(() => [{ ...loop }])
  const memory = new LaneMemory(delivererLimits)
  const lane = (endpointId: number, items: readonly Item[]): Lane => {
    const made = new Lane(endpointId, 0)
    made.organizationId = 1
    made.target = { ordered: false } as Target
    for (const one of items) memory.add(made, one)
    return made
  }
  return { order: new SendingOrder(headroom), headroom, loop, lane }
}

function item(eventId: number, { step = 0, isFromDatabase = false } = {}): Item {
  return { eventId, endpointId: 1, attempts: step, step, format: 1, exempt: false, isFromDatabase, dueAt: 0, event: { id: eventId, organizationId: 1, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0 } }
}
