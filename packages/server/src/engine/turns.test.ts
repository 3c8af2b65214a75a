import { expect, test } from 'vitest'
import { systemPace, type Pace } from './pace.js'
import { Turns, turnLimits, type TurnPartners } from './turns.js'

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
  await moment(turnLimits.apart.sqlite.mostMs + 1)
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
  await moment(turnLimits.apart.sqlite.mostMs + 5)
  expect(order).toHaveLength(before)
})

test.each([[1, 4], [8, 5], [400, turnLimits.apart.sqlite.mostMs]])('after a turn that brought %i publishes, %i ms pass before the next begins', async (publishes, ms) => {
  const waits: number[] = []
  const pace = { ...systemPace, monotonic: () => 1_000, after: (wait: number, callback: () => void) => { waits.push(wait); return systemPace.after(0, callback) } }
  const { turns } = given(0, { pace })
  await turns.append(Array.from({ length: publishes }, () => anEvent))
  await turns.append([anEvent])
  expect(waits).toEqual([ms])
})

const anEvent = { organizationId: 1, type: 'order.created', data: '{}', occurredAt: 0, createdAt: 0, origin: 0, bytes: 2 } as const

function moment(ms = 1): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

/** Turns over a database that does at once, or with `isSlow` at `endTurn`, what it is asked for; so many results wait to be settled. */
function given(unsettled: number, { isSlow = false, pace = systemPace }: { isSlow?: boolean; pace?: Pace } = {}) {
  const asked: number[] = []
  const order: string[] = []
  let endTurn = (): void => {}
  const partners: TurnPartners<number> = {
    takeSettlements(atMost) {
      asked.push(atMost)
      const taken = Math.min(atMost, unsettled)
      unsettled -= taken
      return Array.from({ length: taken }, (_, i) => i)
    },
    giveBackSettlements() {}, withoutDetails: (settling) => settling, lanesToRelease: () => [], notReleased() {}, dispatches: () => true, room: () => 1_000, fullLanes: () => [],
    run: async ({ events }) => {
      order.push('run')
      const appended = events.map((_, i) => ({ kind: 'appended' as const, id: i + 1 }))
      if (isSlow) await new Promise<void>((resolve) => { endTurn = resolve })
      return { appended, settled: undefined, settleError: undefined, released: [], dispatched: undefined, dispatchError: undefined }
    },
    done: () => { order.push('done') }, goOn: () => { order.push('go on') }, observeCommit() {},
    report: (error) => { throw error },
  }
  return { turns: new Turns(partners, pace), asked, order, endTurn: () => endTurn() }
}
