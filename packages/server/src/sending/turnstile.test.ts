import { expect, test } from 'vitest'
import { Lane } from './lane.js'
import { Turnstile } from './turnstile.js'

test('organizations take turns, and within one its lanes do', () => {
  const line = given([[1, 1], [2, 1], [3, 1], [4, 2], [5, 3]])
  expect(takeAll(line)).toEqual([1, 4, 5, 2, 3])
  expect(line.isEmpty).toBe(true)
})

test('who is passed over keeps its place', () => {
  const line = given([[1, 1], [2, 1], [3, 2], [4, 2], [5, 3]])
  expect(line.countOf(1)).toBe(2)
  expect(line.organizations).toEqual([1, 2, 3])
  expect(line.take((organization) => organization === 1)?.endpointId).toBe(3)
  expect(line.take((organization) => organization !== 2)?.endpointId).toBe(4)
  expect(line.take((organization) => organization === 2)?.endpointId).toBe(1)
  expect(line.take(() => true)).toBeUndefined()
  expect(takeAll(line)).toEqual([5, 2])
})

test('a lane stands in line once', () => {
  const line = new Turnstile()
  const lane = new Lane(1, 0)
  line.add(lane)
  line.add(lane)
  expect(line.countOf(0)).toBe(1)
})

function given(lanes: readonly (readonly [endpointId: number, organizationId: number])[]): Turnstile {
  const line = new Turnstile()
  for (const [endpointId, organizationId] of lanes) {
    const lane = new Lane(endpointId, 0)
    lane.organizationId = organizationId
    line.add(lane)
  }
  return line
}

function takeAll(line: Turnstile): number[] {
  const taken: number[] = []
  for (let lane = line.take(); lane !== undefined; lane = line.take()) taken.push(lane.endpointId)
  return taken
}
