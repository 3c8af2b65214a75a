import { describe, expect, test } from 'vitest'
import { nothingAppended, type JustAppended } from '../dispatch/just-appended.js'
import { OutboxRelay, relayLimits, type RelaySurroundings } from './outbox-relay.js'
import type { Relayed } from './relay-rows.js'
import type { WaitingRow } from './waiting.js'

const anEvent = { id: 1, organizationId: 7, type: 'order.created', data: '{}', givenId: null, occurredAt: 0, createdAt: 0, onlyEndpointId: null }
const moved: Relayed = { appended: { events: [anEvent], lastIdsBefore: new Map([[7, 0]]) }, parked: [], isElsewhere: false }

describe('the relay', () => {
  test('moves what it sees in its order, in portions that a transaction can bear', async () => {
    const stage = new Stage()
    stage.rows = [...numbered(1, 600), { id: 601, bytes: relayLimits.moveBytes }, { id: 602, bytes: 1 }, { id: 603, bytes: relayLimits.moveBytes * 2 }]
    stage.relay.start({ polls: false })
    await stage.settled()
    expect(stage.portions.map((portion) => [portion[0], portion.at(-1)])).toEqual([[1, 500], [501, 600], [601, 601], [602, 602], [603, 603]])
    expect(stage.told).toEqual([7, 7, 7, 7, 7])
  })

  test('looks again at once when it was woken meanwhile, or saw as many as it looks for', async () => {
    const stage = new Stage()
    stage.rows = numbered(1, relayLimits.lookAtMost)
    stage.onMove = () => {
      if (stage.looks === 2) stage.relay.wake()
      stage.rows = stage.looks === 1 ? numbered(20_000, 20_001) : []
    }
    stage.relay.start({ polls: false })
    await stage.settled()
    expect([stage.looks, stage.timers]).toEqual([3, []])
  })

  test('where applications write, it looks again and again, but never spends most of its time on that', async () => {
    const stage = new Stage()
    stage.relay.start({ polls: true })
    await stage.settled()
    stage.lookMs = 20
    await stage.nextTimer()
    stage.lookMs = 500
    await stage.nextTimer()
    expect([stage.waits, stage.looks]).toEqual([[relayLimits.pollMs, 200, relayLimits.pollAtMostMs], 3])
  })

  test('leaves the rest to another that is at it', async () => {
    const stage = new Stage()
    stage.rows = numbered(1, 1_200)
    stage.result = { ...moved, appended: nothingAppended, isElsewhere: true }
    stage.relay.start({ polls: true })
    await stage.settled()
    expect([stage.portions.length, stage.looks, stage.timers.length]).toEqual([1, 1, 1])
  })

  test('tells of a failure and tries again, also where it looks only when it is woken', async () => {
    const stage = new Stage()
    stage.rows = numbered(1, 2)
    stage.onMove = () => { throw new Error('away') }
    stage.relay.start({ polls: false })
    await stage.settled()
    expect([stage.faults, stage.waits]).toEqual([['away'], [relayLimits.pollAtMostMs]])
    stage.onMove = () => {}
    await stage.nextTimer()
    expect([stage.portions.at(-1), stage.told, stage.timers]).toEqual([[1, 2], [7], []])
  })

  test('stops between two portions, and does nothing from then on', async () => {
    const stage = new Stage()
    stage.rows = numbered(1, 1_200)
    let stopped: Promise<void> | undefined
    stage.onMove = () => { stopped ??= stage.relay.stop() }
    stage.relay.start({ polls: true })
    await stage.settled()
    await stopped
    stage.relay.wake()
    await stage.settled()
    expect([stage.portions.length, stage.looks, stage.timers]).toEqual([1, 1, []])
  })
})

function numbered(first: number, last: number): WaitingRow[] {
  return Array.from({ length: last - first + 1 }, (_, i) => ({ id: first + i, bytes: 100 }))
}

/** What a relay sees and does, with a time that only looking takes. */
class Stage implements RelaySurroundings {
  readonly relay = new OutboxRelay(this)
  rows: WaitingRow[] = []
  result = moved
  lookMs = 0
  looks = 0
  onMove: () => void = () => {}
  readonly portions: number[][] = []
  readonly told: number[] = []
  readonly faults: string[] = []
  readonly waits: number[] = []
  timers: (() => void)[] = []
  #now = 0

  async look(limit: number): Promise<WaitingRow[]> {
    this.looks++
    this.#now += this.lookMs
    return this.rows.slice(0, limit)
  }

  async move(ids: number[]): Promise<Relayed> {
    this.portions.push(ids)
    this.onMove()
    return this.result
  }

  after(ms: number, callback: () => void): () => void {
    this.waits.push(ms)
    this.timers.push(callback)
    return () => { this.timers = this.timers.filter((timer) => timer !== callback) }
  }

  appended({ events }: JustAppended): void { this.told.push(...events.map((event) => event.organizationId)) }
  parked(): void {}
  report(error: unknown): void { this.faults.push((error as Error).message) }
  random(): number { return 0 }
  monotonic(): number { return this.#now }

  /** All that needs no timer has been done. */
  settled(): Promise<void> { return new Promise((resolve) => setImmediate(resolve)) }

  async nextTimer(): Promise<void> {
    this.timers.shift()?.()
    await this.settled()
  }
}
