import { expect, test } from 'vitest'
import { Turns, turnLimits, type TurnPartners } from './turns.js'

test('what is settled beside publishes is little, as they wait for it; without any, it is all', async () => {
  const { turns, asked } = given(700)
  await turns.append([{ organizationId: 1, type: 'order.created', data: '{}', occurredAt: 0, createdAt: 0, origin: 0, bytes: 2 }])
  await turns.stop()
  expect(asked).toEqual([turnLimits.maxSettlementsBeside, turnLimits.maxSettlements])
})

test('settlements that no publish waits for are taken together', async () => {
  const { turns, asked } = given(700)
  turns.want()
  await turns.stop()
  expect(asked).toEqual([turnLimits.maxSettlements])
})

/** Turns over a database that does at once what it is asked for; so many results wait to be settled. */
function given(unsettled: number) {
  const asked: number[] = []
  const partners: TurnPartners<number> = {
    takeSettlements(atMost) {
      asked.push(atMost)
      const taken = Math.min(atMost, unsettled)
      unsettled -= taken
      return Array.from({ length: taken }, (_, i) => i)
    },
    giveBackSettlements() {}, withoutDetails: (settling) => settling, lanesToRelease: () => [], notReleased() {}, dispatches: () => true, room: () => 1_000, fullLanes: () => [],
    run: async ({ events }, _settling, accepted) => {
      const appended = events.map((_, i) => ({ kind: 'appended' as const, id: i + 1 }))
      accepted(appended)
      return { appended, settled: undefined, settleError: undefined, released: [], dispatched: undefined, dispatchError: undefined }
    },
    done() {}, observeCommit() {},
    report: (error) => { throw error },
  }
  return { turns: new Turns(partners), asked }
}
