import { nextWaitMs } from '../retry-policies/next-wait.js'
import type { Outcome } from '../attempts/outcome.js'

/** A delivery's state as it is stored. `sending`: the session that owns its lane has it in memory. */
export const deliveryStates = { sending: 0, waiting: 1, succeeded: 2, dead: 3, discarded: 4 } as const
export type DeliveryState = (typeof deliveryStates)[keyof typeof deliveryStates]

/** A delivery's state as the API tells it. `held` is derived, never stored: undelivered, and its endpoint is not enabled. */
export const shownStates = ['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const
export type ShownState = (typeof shownStates)[number]

export function shownState({ state, step, isEndpointEnabled }: { state: number; step: number; isEndpointEnabled: boolean }): ShownState {
  if (state === deliveryStates.succeeded) return 'succeeded'
  if (state === deliveryStates.dead) return 'dead'
  if (state === deliveryStates.discarded) return 'discarded'
  if (!isEndpointEnabled) return 'held'
  return step > 0 ? 'retrying' : 'pending'
}

/** What becomes of a delivery once an attempt has ended. */
export type Next =
  | { state: 'succeeded' }
  | { state: 'dead'; reason: 'gone' | 'schedule_used_up' }
  | { state: 'waiting'; step: number; waitMs: number }

/** Decides it from the place in the schedule at which the attempt was made, and from what came of it. */
export function afterAttempt({ waitsMs, step, outcome, random }: {
  waitsMs: readonly number[]
  step: number
  outcome: Outcome
  random: () => number
}): Next {
  if (outcome.kind === 'accepted') return { state: 'succeeded' }
  if (outcome.kind === 'gone') return { state: 'dead', reason: 'gone' }

  const waitMs = nextWaitMs({ waitsMs, step: step + 1, retryAfterMs: outcome.retryAfterMs, random })
  return waitMs === undefined ? { state: 'dead', reason: 'schedule_used_up' } : { state: 'waiting', step: step + 1, waitMs }
}
