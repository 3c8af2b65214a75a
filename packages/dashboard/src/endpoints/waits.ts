import type { RetryPolicy } from '@posthorn/client'

/**
 * The waits before each attempt, in milliseconds, of a policy that is written out; undefined while it is not yet one. The
 * server judges what is sent to it: this only shows, while somebody types, what the numbers come to.
 */
export function waitsOf(policy: Exclude<RetryPolicy, string>): number[] | undefined {
  const waits = 'schedule' in policy ? policy.schedule.map(msOf) : growing(policy.exponential)
  const known = waits.filter((wait) => wait !== undefined)
  return known.length === waits.length && known.length > 0 && known.length <= attemptsAtMost ? known : undefined
}

function growing({ first, factor, max, attempts }: { first: string; factor: number; max: string; attempts: number }): (number | undefined)[] {
  const [firstMs, maxMs] = [msOf(first), msOf(max)]
  if (firstMs === undefined || maxMs === undefined || !(factor >= 1 && factor <= 100) || !Number.isInteger(attempts) || attempts < 1 || attempts > attemptsAtMost) return []
  return [0, ...Array.from({ length: attempts - 1 }, (_none, retry) => Math.min(maxMs, firstMs * factor ** retry))]
}

function msOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text) ?? []
  const ms = Number(digits) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN)
  return ms <= waitAtMostMs ? ms : undefined
}

/** A wait as somebody would write it, in the largest unit that it has at least twice, or a whole number of times. */
export function wordsOf(ms: number): string {
  for (const [unit, size] of largestFirst) {
    const number = ms / size
    if (number >= 1 && (Number.isInteger(number) || number >= 2 || unit === 's')) return `${Number(number.toFixed(number < 100 ? 1 : 0))} ${names[unit]}`
  }
  return ms === 0 ? '0' : `${Math.round(ms)} ms`
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const names = { s: 's', m: 'min', h: 'h', d: 'd' }
const largestFirst = [['d', unitMs.d], ['h', unitMs.h], ['m', unitMs.m], ['s', unitMs.s]] as const
const attemptsAtMost = 50
const waitAtMostMs = 7 * unitMs.d
