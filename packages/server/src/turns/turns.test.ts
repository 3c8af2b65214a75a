import { expect, test } from 'vitest'
import { systemPace, type Pace } from '../time/pace.js'
import { Turns, turnLimits, turnTimes, type TurnPartners } from './turns.js'
import type { JustAppended } from '../dispatch/just-appended.js'
import type { Turn } from './turn.js'

test('what is settled beside publishes is little, as they wait for it; without any, it is all', async () => {
  const { turns, asked } = given(700)
  await turns.append([anEvent])
  await turns.stop()
  expect(asked).toEqual([turnLimits.settlementsBeside.least + turnLimits.settlementsBeside.perPublish, turnLimits.maxSettlements])
})

test('settlements that no publish waits for are taken together', async () => {
  const { turns, asked } = given(700)
  turns.want()
  await turns.stop()
  expect(asked).toEqual([turnLimits.maxSettlements])
})

test('the next turn is under way before what the last one brought is sent, so that the database need not wait for it', async () => {
  const { turns, order, endTurn } = given(0, { isSlow: true })
  const first = turns.append([anEvent])
  await moment()
  const second = turns.append([anEvent])
  await moment(turnTimes.everything.apart.mostMs + 1)
  endTurn()
  await first
  await moment()
  endTurn()
  await second
  expect(order).toEqual(['run', 'done', 'run', 'go on', 'done', 'go on'])
})

test('once it has stopped no turn begins: what was only to be dispatched is found by whoever starts next', async () => {
  const { turns, order } = given(0)
  await turns.append([anEvent])
  await moment()
  const before = order.length
  turns.dispatch([1])
  await turns.stop()
  await moment(turnTimes.everything.apart.mostMs + 5)
  expect(order).toHaveLength(before)
})

test.each([[1, 4], [8, 5], [400, turnTimes.everything.apart.mostMs]])('after a turn that brought %i publishes, %i ms pass before the next begins', async (publishes, ms) => {
  const waits: number[] = []
  const pace = { ...systemPace, monotonic: () => 1_000, after: (wait: number, callback: () => void) => { waits.push(wait); return systemPace.after(0, callback) } }
  const { turns } = given(0, { pace })
  await turns.append(Array.from({ length: publishes }, () => anEvent))
  await turns.append([anEvent])
  expect(waits).toEqual([ms])
})

test('what it learns that others have appended for it need not be read', async () => {
  const { turns, ran } = given(0)
  const appended: JustAppended = { events: [{ ...anEvent, id: 1, givenId: null, onlyEndpointId: null }], lastIdsBefore: new Map([[1, 0]]) }
  turns.dispatch([1], appended)
  turns.dispatch([2])
  await moment(5)
  expect(ran).toMatchObject([{ events: [], dispatch: { organizations: [1, 2] }, appended }])
})

test('of what is published, only what is its own is to be dispatched', async () => {
  const ours = given(0)
  await ours.turns.append([anEvent])
  expect(ours.ran).toMatchObject([{ dispatch: { organizations: [1] } }])
  const others = given(0, { dispatches: false })
  await others.turns.append([anEvent])
  expect(others.ran).toMatchObject([{ dispatch: { organizations: [] } }])
})

test('more than a batch may hold is not kept in mind: it is read', async () => {
  const { turns, ran } = given(0)
  const events = Array.from({ length: turnLimits.maxKnown + 1 }, (_, n) => ({ ...anEvent, id: n + 1, givenId: null, onlyEndpointId: null }))
  turns.dispatch([1], { events, lastIdsBefore: new Map([[1, 0]]) })
  await moment(5)
  expect(ran[0]?.dispatch?.organizations).toEqual([1])
  expect(ran[0]?.appended).toBeUndefined()
})

const anEvent = { organizationId: 1, type: 'order.created', data: '{}', occurredAt: 0, createdAt: 0, origin: 0, bytes: 2 } as const

function moment(ms = 1): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

/** Turns over a database that does at once, or with `isSlow` at `endTurn`, what it is asked for; so many results wait to be settled. */
function given(unsettled: number, { isSlow = false, pace = systemPace, dispatches = true }: { isSlow?: boolean; pace?: Pace; dispatches?: boolean } = {}) {
  const ran: Omit<Turn, 'session' | 'settlements'>[] = []
  const asked: number[] = []
  const order: string[] = []
  let endTurn = (): void => {}
  const partners: TurnPartners<number> = {
    results: {
      take(atMost) {
        asked.push(atMost)
        const taken = Math.min(atMost, unsettled)
        unsettled -= taken
        return Array.from({ length: taken }, (_, i) => i)
      },
      giveBack() {}, withoutDetails: (settling) => settling, settled() {},
    },
    events: { dispatches: () => dispatches, room: () => 1_000, fullLanes: () => [], lanesToRelease: () => [], turnEnded: () => { order.push('done') } },
    run: async (turn) => {
      const { events } = turn
      ran.push(turn)
      order.push('run')
      const appended = events.map((_, i) => ({ kind: 'appended' as const, id: i + 1 }))
      if (isSlow) await new Promise<void>((resolve) => { endTurn = resolve })
      return { appended, lastIdsBefore: new Map([[1, 0]]), settled: undefined, settleError: undefined, released: [], dispatched: undefined, dispatchError: undefined }
    },
    goOn: () => { order.push('go on') }, observeCommit() {},
    report: (error) => { throw error },
  }
  return { turns: new Turns(partners, pace), asked, order, ran, endTurn: () => endTurn() }
}
