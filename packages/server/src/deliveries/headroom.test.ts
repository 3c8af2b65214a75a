import { describe, expect, test } from 'vitest'
import { Headroom, headroomLimits } from './headroom.js'

const [mine, others, aThird] = [1, 2, 3]
const { spellMs, mostOwedMs, oneEveryMs, forMs, activeTimesIdle } = headroomLimits

describe('headroom', () => {
  test('while nobody publishes, nothing holds a backlog up, however busy the event loop is', () => {
    const { headroom, loop } = given()
    for (let now = 0; now < 100; now++) {
      loop.activeMs++
      expect(headroom.allows(mine, now)).toBe(true)
      headroom.began(mine, now)
    }
  })

  test('beside others who publish, it goes on in short spells with a rest after each', () => {
    for (const which of ['loop', 'writer'] as const) {
      const { headroom, [which]: thread } = given()
      headroom.published(others, 0)
      headroom.began(mine, 0)
      thread.activeMs += spellMs
      expect(headroom.allows(mine, 0)).toBe(false)
      thread.idleMs += spellMs / activeTimesIdle
      expect(headroom.allows(mine, 0)).toBe(true)
    }
  })

  test('what keeps the loop busy without a rest leaves a little to a backlog all the same, and does not hold it up once it is over', () => {
    const { headroom, loop } = given()
    headroom.published(others, 0)
    let begun = 0
    for (let now = 0; now < 1_000; now++) {
      loop.activeMs++
      if (!headroom.allows(mine, now)) continue
      headroom.began(mine, now)
      begun++
    }
    expect(begun).toBeGreaterThanOrEqual(1_000 / oneEveryMs)
    expect(begun).toBeLessThan(1_000 / oneEveryMs + 2 * spellMs)
    loop.idleMs += mostOwedMs / activeTimesIdle
    expect(headroom.allows(mine, 1_000)).toBe(true)
  })

  test('an organization need not give way to itself, nor to one that has a backlog too, nor to any for long after it has published', () => {
    const { headroom, loop } = given()
    headroom.published(mine, 0)
    headroom.began(mine, 0)
    headroom.began(aThird, 0)
    headroom.published(aThird, 1)
    loop.activeMs += 1_000
    expect(headroom.allows(mine, 1)).toBe(true)
    headroom.published(others, 1)
    headroom.published(mine, 1)
    headroom.began(mine, 1)
    loop.activeMs += 1_000
    expect(headroom.allows(mine, 1)).toBe(false)
    expect(headroom.allows(mine, 1 + forMs)).toBe(true)
  })
})

function given() {
  const [loop, writer] = [{ activeMs: 0, idleMs: 0 }, { activeMs: 0, idleMs: 0 }]
  return { headroom: new Headroom(() => [{ ...loop }, { ...writer }]), loop, writer }
}
