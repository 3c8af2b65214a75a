import { BadEvent } from './consumer.js'

/** What becomes of an event that a consumer could not take in. */
export type AfterFailure = { kind: 'again'; attempts: number; waitMs: number } | { kind: 'parked'; attempts: number; reason: string }

/** Waits between the tries of one event. What comes behind it waits too, so they are short. */
export const consumerWaitsMs: readonly number[] = [1_000, 5_000, 25_000, 120_000]

/** After `attemptsBefore` failed tries and one more: again in a while, or parked in the dead letter so that the rest goes on. */
export function afterFailure(error: unknown, attemptsBefore: number, waitsMs: readonly number[] = consumerWaitsMs): AfterFailure {
  const attempts = attemptsBefore + 1
  const waitMs = waitsMs[attemptsBefore]
  if (waitMs === undefined || isBad(error)) return { kind: 'parked', attempts, reason: reasonOf(error) }
  return { kind: 'again', attempts, waitMs }
}

const longestReason = 1_000

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name === 'Error' || error.name === 'BadEvent' ? '' : `${error.name}: `}${error.message}` : String(error)
  return text.slice(0, longestReason) || 'It failed without a reason.'
}

/** By its name too: a handler may have its own copy of the class. */
function isBad(error: unknown): boolean {
  return error instanceof BadEvent || (error instanceof Error && error.name === 'BadEvent')
}
