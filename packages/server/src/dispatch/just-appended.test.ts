import { expect, test } from 'vitest'
import { followedBy, nothingAppended, type JustAppended } from './just-appended.js'

const appended = (before: Record<number, number>, ...events: [organizationId: number, id: number][]): JustAppended => ({
  lastIdsBefore: new Map(Object.entries(before).map(([id, last]) => [Number(id), last])),
  events: events.map(([organizationId, id]) => ({ id, organizationId, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0, onlyEndpointId: null })),
})

test('what was appended in two transactions follows where the first began', () => {
  const both = followedBy(appended({ 1: 10, 2: 4 }, [1, 11], [2, 12]), appended({ 1: 11, 3: 0 }, [1, 13], [3, 14]))
  expect(both).toEqual(appended({ 1: 10, 2: 4, 3: 0 }, [1, 11], [2, 12], [1, 13], [3, 14]))
})

test('of a stream in which somebody else has appended in between, nothing is known; of the others, all', () => {
  const both = followedBy(appended({ 1: 10, 2: 4 }, [1, 11], [2, 12]), appended({ 1: 12, 2: 12 }, [1, 13], [2, 14]))
  expect(both).toEqual(appended({ 2: 4 }, [2, 12], [2, 14]))
})

test('a transaction that only found repeats says nothing of what comes before the next', () => {
  expect(followedBy(appended({ 1: 10, 2: 4 }, [2, 12]), appended({ 1: 15 }, [1, 16]))).toEqual(appended({ 1: 15, 2: 4 }, [2, 12], [1, 16]))
  expect(followedBy(nothingAppended, appended({ 1: 10 }, [1, 11]))).toEqual(appended({ 1: 10 }, [1, 11]))
})
