import { parseDuration } from './duration.js'

/**
 * The waits that a retry policy means: entry n is the wait before attempt n, counted from the end of the attempt before
 * it, so the length is the number of attempts. Takes what a user may write: the name of a policy, a schedule, or the
 * numbers of an exponential one.
 */
export function parseRetryPolicy(value: unknown): RetryPolicyCheck {
  if (typeof value === 'string') return byName(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed

  const [kind, ...more] = Object.keys(value)
  if (more.length > 0) return malformed
  if (kind === 'schedule') return bySchedule((value as { schedule: unknown }).schedule)
  if (kind === 'exponential') return byGrowth((value as { exponential: unknown }).exponential)
  return malformed
}

export type RetryPolicyCheck = { ok: true; waitsMs: number[] } | RetryPolicyProblem
export interface RetryPolicyProblem { ok: false; code: RetryPolicyProblemCode; message: string; fix: string }
export type RetryPolicyProblemCode = keyof typeof retryPolicyProblems

/** Every reason to refuse a retry policy, for the docs. */
export const retryPolicyProblems = {
  retry_policy_malformed: 'The policy is neither a name nor an object with just a schedule or just an exponential.',
  retry_policy_unknown: 'No policy has this name.',
  retry_policy_length: 'The policy makes no attempt, or more than 50.',
  retry_policy_wait: 'A wait is not a length of time such as "30s", or is longer than 7 days.',
  retry_policy_factor: 'The factor of an exponential policy is not a number from 1 to 100.',
} as const

/**
 * The policies that have a name. Four are what the systems named after them document to their receivers;
 * `standard` follows the schedule that the Standard Webhooks specification suggests and goes on for about three days.
 */
export const namedRetryPolicies = {
  'bare-commerce': ['0s', '5s', '25s', '2m', '10m'],
  'bear-billing': ['0s', '1m', '5m', '30m'],
  devsphere: ['0s', '5s', '30s', '5m', '30m', '2h', '8h'],
  'better-data': ['0s', '5s', '30s', '5m', '30m', '2h', '8h'],
  standard: ['0s', '5s', '30s', '5m', '30m', '2h', '5h', '10h', '14h', '20h', '24h'],
} as const satisfies Record<string, readonly string[]>

export type RetryPolicyName = keyof typeof namedRetryPolicies

export const maxAttempts = 50
export const maxWaitMs = 7 * 86_400_000

function byName(name: string): RetryPolicyCheck {
  if (Object.hasOwn(namedRetryPolicies, name)) return bySchedule(namedRetryPolicies[name as RetryPolicyName])
  return problem('retry_policy_unknown', `There is no retry policy named ${JSON.stringify(name.slice(0, 64))}.`,
    `Use one of ${Object.keys(namedRetryPolicies).join(', ')}, or give a schedule.`)
}

function bySchedule(schedule: unknown): RetryPolicyCheck {
  if (!Array.isArray(schedule)) return malformed
  if (schedule.length < 1 || schedule.length > maxAttempts) return wrongLength(schedule.length)

  const waitsMs: number[] = []
  for (const [entry, text] of schedule.entries()) {
    const waitMs = parseWait(text)
    if (waitMs === undefined) return wrongWait(`schedule[${entry}]`, text)
    waitsMs.push(waitMs)
  }
  return { ok: true, waitsMs }
}

/** The first attempt is made at once; `first` is the wait before the second, and each further wait is `factor` times the one before, up to `max`. */
function byGrowth(growth: unknown): RetryPolicyCheck {
  if (typeof growth !== 'object' || growth === null) return malformed
  const fields = Object.keys(growth)
  if (fields.length !== 4 || !['first', 'factor', 'max', 'attempts'].every((field) => fields.includes(field))) return malformed

  const { first, factor, max, attempts } = growth as Record<string, unknown>
  if (typeof attempts !== 'number' || !Number.isInteger(attempts) || attempts < 1 || attempts > maxAttempts) return wrongLength(attempts)
  if (typeof factor !== 'number' || !(factor >= 1 && factor <= 100)) {
    return problem('retry_policy_factor', 'exponential.factor is not a number from 1 to 100.', 'Use 2 to double each wait.')
  }
  const firstMs = parseWait(first)
  if (firstMs === undefined) return wrongWait('exponential.first', first)
  const maxMs = parseWait(max)
  if (maxMs === undefined) return wrongWait('exponential.max', max)

  const retryWaitsMs = Array.from({ length: attempts - 1 }, (_, retry) => Math.round(Math.min(maxMs, firstMs * factor ** retry)))
  return { ok: true, waitsMs: [0, ...retryWaitsMs] }
}

function parseWait(text: unknown): number | undefined {
  const waitMs = typeof text === 'string' ? parseDuration(text) : undefined
  return waitMs !== undefined && waitMs <= maxWaitMs ? waitMs : undefined
}

const malformed = problem('retry_policy_malformed', 'This is not a retry policy.',
  'Use a name, {"schedule": ["0s", "5s", "2m"]}, or {"exponential": {"first": "5s", "factor": 2, "max": "1h", "attempts": 8}}.')

function wrongLength(attempts: unknown): RetryPolicyProblem {
  const made = typeof attempts === 'number' ? ` ${attempts}` : ''
  return problem('retry_policy_length', `A retry policy cannot make${made} attempts.`, `Make at least 1 and at most ${maxAttempts} attempts.`)
}

function wrongWait(where: string, text: unknown): RetryPolicyProblem {
  const written = typeof text === 'string' ? ` (${JSON.stringify(text.slice(0, 64))})` : ''
  return problem('retry_policy_wait', `${where}${written} is not a wait.`, 'Write a whole number and ms, s, m, h or d, at most "7d": "30s".')
}

function problem(code: RetryPolicyProblemCode, message: string, fix: string): RetryPolicyProblem {
  return { ok: false, code, message, fix }
}
