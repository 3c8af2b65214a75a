import { expect, test } from 'vitest'
import { Lane } from './lane.js'
import { LaneRelease } from './lane-release.js'

test('a lane is let go of in one of the next turns, so many in each', () => {
  const { release } = given(2)
  for (const id of [1, 2, 3]) release.add(new Lane(id, 0))
  expect(release.begin()).toEqual([1, 2])
  expect(release.isWanted).toBe(true)
  expect(release.end([1, 2]).gone.map((lane) => lane.endpointId)).toEqual([1, 2])
  expect(release.begin()).toEqual([3])
  expect(release.isWanted).toBe(false)
})

test('one that has something to do by then stays, and so does one that is held no more', () => {
  const { release, held } = given()
  const [busy, another] = [new Lane(1, 0), new Lane(2, 0)]
  busy.wantsLook = true
  held.delete(2)
  release.add(busy)
  release.add(another)
  expect(release.begin()).toEqual([])
  expect(release.isWanted).toBe(false)
})

test('what did not go in its turn has stayed, and is nobody\'s to let go of until it is found again', () => {
  const { release } = given()
  const [gone, stayed] = [new Lane(1, 0), new Lane(2, 0)]
  release.add(gone)
  release.add(stayed)
  release.begin()
  expect([gone.isLetGo, stayed.isLetGo]).toEqual([true, true])
  expect(release.end([1])).toEqual({ gone: [gone], stayed: [stayed] })
  expect([gone.isLetGo, stayed.isLetGo]).toEqual([false, false])
  expect(release.begin()).toEqual([])
})

function given(releaseAtOnce = 10) {
  const held = new Set([1, 2, 3])
  return { release: new LaneRelease({ releaseAtOnce }, (lane) => held.has(lane.endpointId)), held }
}
