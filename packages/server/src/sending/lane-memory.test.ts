import { expect, test } from 'vitest'
import { delivererLimits } from './deliverer-limits.js'
import { LaneMemory } from './lane-memory.js'
import { Lane, type Item } from './lane.js'

const limits = { ...delivererLimits, maxItems: 100, handedItems: 10 }

test('however much of a backlog is in memory, what others publish still finds some room, and only so much', () => {
  const memory = new LaneMemory(limits)
  const items = Array.from({ length: 120 }, (_, i) => item(i, true))
  const lane = new Lane(1, 0)
  for (const one of items) memory.add(lane, one)
  expect(memory.room).toBe(10)
  const handed = Array.from({ length: 10 }, (_, i) => item(1_000 + i, false))
  const others = new Lane(2, 0)
  for (const one of handed) memory.add(others, one)
  expect(memory.room).toBe(0)
  memory.remove(others, { ...handed[0] as Item, attempts: 1 }, 0)
  memory.writtenDown(handed[1] as Item)
  expect(memory.room).toBe(2)
  for (const one of items) memory.remove(lane, one, 0)
  expect(memory.room).toBe(91)
})

test('an organization has much of the backlog, or has it with all others', () => {
  const memory = new LaneMemory(limits)
  const items = Array.from({ length: 20 }, (_, i) => item(i, true, i % 10))
  for (const one of items) memory.add(new Lane(one.eventId, 0), one)
  expect(memory.hasMuch(1)).toBe(false)
  for (const one of items) if (one.event.organizationId > 2) memory.remove(new Lane(one.eventId, 0), one, 0)
  expect(memory.hasMuch(1)).toBe(true)
  expect(memory.hasMuch(9)).toBe(false)
})

test('of an organization that has little of the backlog a look reads more at a time, so that its lanes do not stay behind', () => {
  const memory = new LaneMemory({ ...limits, maxItems: 8_000 })
  const [big, small] = [laneOf(1), laneOf(2)]
  for (let i = 0; i < 100; i++) memory.add(big, item(i, true, 1))
  expect(memory.readOf(big, 20_000)).toBe(limits.readPerLook.least)
  expect(memory.readOf(small, 20_000)).toBe(limits.readPerLook.ofLittle)
  expect(memory.readOf(small, 1)).toBe(memory.readPerLook(1))
})

function laneOf(organizationId: number): Lane {
  const lane = new Lane(organizationId, 0)
  lane.organizationId = organizationId
  return lane
}

function item(eventId: number, isFromDatabase: boolean, organizationId = 1): Item {
  return { eventId, endpointId: 1, attempts: 0, step: 0, format: 1, exempt: false, isFromDatabase, dueAt: 0, event: { id: eventId, organizationId, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0 } }
}
