import { describe, expect, test } from 'vitest'
import { Headroom, headroomLimits } from './headroom.js'

const [mine, others, aThird] = [1, 2, 3]
const { spellMs, mostOwedMs, oneEveryMs, forMs, activeTimesIdle, few } = headroomLimits

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
      workOff(headroom, mine)
      thread.activeMs += spellMs
      expect(headroom.allows(mine, 0)).toBe(false)
      thread.idleMs += spellMs / activeTimesIdle.ofSeveral
      expect(headroom.allows(mine, 0)).toBe(true)
    }
  })

  test('where one thread does it all, a backlog may have more of it', () => {
    const loop = { activeMs: 0, idleMs: 0 }
    const headroom = new Headroom(() => [{ ...loop }])
    headroom.published(others, 0)
    workOff(headroom, mine)
    loop.activeMs += spellMs
    expect(headroom.allows(mine, 0)).toBe(false)
    loop.idleMs += spellMs / activeTimesIdle.ofOne
    expect(headroom.allows(mine, 0)).toBe(true)
  })

  test('what keeps the loop busy without a rest leaves a little to a backlog all the same, and does not hold it up once it is over', () => {
    const { headroom, loop } = given()
    headroom.published(others, 0)
    workOff(headroom, mine)
    let begun = 0
    for (let now = 0; now < 1_000; now++) {
      loop.activeMs++
      if (!headroom.allows(mine, now)) continue
      headroom.began(mine, now)
      begun++
    }
    expect(begun).toBeGreaterThanOrEqual(1_000 / oneEveryMs)
    expect(begun).toBeLessThan(1_000 / oneEveryMs + 2 * spellMs)
    loop.idleMs += mostOwedMs / activeTimesIdle.ofSeveral
    expect(headroom.allows(mine, 1_000)).toBe(true)
  })

  test('an organization need not give way to itself, nor to one that has a backlog too, nor to any for long after it has published', () => {
    const { headroom, loop } = given()
    headroom.published(mine, 0)
    workOff(headroom, mine)
    workOff(headroom, aThird)
    headroom.published(aThird, 1)
    loop.activeMs += 1_000
    expect(headroom.allows(mine, 1)).toBe(true)
    headroom.published(others, 1)
    headroom.published(mine, 1)
    loop.activeMs += 1_000
    expect(headroom.allows(mine, 1)).toBe(false)
    workOff(headroom, mine, 1 + forMs)
    expect(headroom.allows(mine, 1 + forMs)).toBe(true)
  })

  test('a few retries are no backlog: they need not give way, and others do for what is published beside them', () => {
    const { headroom, loop } = given()
    workOff(headroom, mine)
    for (let begun = 0; begun < few.begun / 2; begun++) headroom.began(others, 0)
    headroom.published(others, 0)
    loop.activeMs += 1_000
    expect(headroom.allows(others, 0)).toBe(true)
    expect(headroom.allows(mine, 0)).toBe(false)
  })

  test('of many organizations with something that waited, each may begin its part of the few; and what was begun counts for a while only, whatever the clock does', () => {
    const { headroom, loop } = given()
    for (let organization = 10; organization < 20; organization++) for (let begun = 0; begun <= few.begun / 10; begun++) headroom.began(organization, 0)
    headroom.published(others, 0)
    loop.activeMs += 1_000
    expect(headroom.allows(10, oneEveryMs - 1)).toBe(false)
    expect(headroom.allows(10, 1 + few.withinMs)).toBe(true)
    workOff(headroom, mine, 5_000)
    headroom.published(others, 5_000)
    loop.activeMs += 1_000
    expect(headroom.allows(mine, 5_001)).toBe(false)
    expect(headroom.allows(mine, 1_000)).toBe(true)
  })
})

function workOff(headroom: Headroom, organizationId: number, now = 0): void {
  for (let begun = 0; begun <= few.begun; begun++) headroom.began(organizationId, now)
}

function given() {
  const [loop, writer] = [{ activeMs: 0, idleMs: 0 }, { activeMs: 0, idleMs: 0 }]
  return { headroom: new Headroom(() => [{ ...loop }, { ...writer }]), loop, writer }
}
