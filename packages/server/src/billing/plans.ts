/** What customers can subscribe to, and what each gives them. */
export interface Plans {
  readonly list: readonly Plan[]
  /** What an organization has that has no subscription, or none any more. */
  readonly fallback: Plan | null
}

export interface Plan {
  readonly name: string
  /** By what Stripe may name it: a price, a product, a lookup key. Its own name is one of them. */
  readonly match: readonly string[]
  readonly entitlements: readonly string[]
  readonly limits: Readonly<Record<string, number>>
}

/**
 * Reads `plans` of the configuration file:
 *
 * ```ts
 * plans: {
 *   free: { isFallback: true, entitlements: ['loops.procurement'] },
 *   growth: { match: ['price_1PgafmB7WZ01zgkW'], entitlements: ['loops.procurement', 'loops.orders'], limits: { seats: 25 } },
 * }
 * ```
 */
export function readPlans(written: unknown): { ok: true; plans: Plans } | { ok: false; mistakes: string[] } {
  if (written === undefined) return { ok: true, plans: defaultPlans }
  if (!isRecord(written)) return { ok: false, mistakes: ['plans: write an object with a plan under each name: { growth: { entitlements: [...] } }.'] }

  const mistakes = Object.entries(written).flatMap(([name, plan]) => mistakesOf(name, plan))
  if (mistakes.length > 0) return { ok: false, mistakes }
  const plans = Object.entries(written as Record<string, WrittenPlan>).map(([name, plan]) => ({ isFallback: plan.isFallback ?? false, plan: asPlan(name, plan) }))
  mistakes.push(...repeatedMatches(plans.map(({ plan }) => plan)))
  const fallbacks = plans.filter(({ isFallback }) => isFallback).map(({ plan }) => plan)
  if (fallbacks.length > 1) mistakes.push(`plans: ${fallbacks.map(({ name }) => name).join(' and ')} are both marked isFallback; only one plan can be what an organization without a subscription has.`)
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, plans: { list: plans.map(({ plan }) => plan), fallback: fallbacks[0] ?? null } }
}

/** The plan that one of these names means. */
export function findPlan({ list }: Plans, names: readonly string[]): Plan | undefined {
  for (const name of names) {
    const plan = list.find(({ match }) => match.includes(name))
    if (plan !== undefined) return plan
  }
  return undefined
}

interface WrittenPlan { match?: string[]; entitlements: string[]; limits?: Record<string, number>; isFallback?: boolean }

/** Without a configuration: the plans of Better Data's documents, known by a lookup key, or `plan` in the metadata, that is their name. */
export const defaultPlans: Plans = {
  list: [
    asPlan('free', { entitlements: [] }),
    asPlan('starter', { entitlements: ['loops.procurement', 'loops.orders'] }),
    asPlan('growth', { entitlements: ['loops.procurement', 'loops.orders', 'demand_signals'] }),
    asPlan('enterprise', { entitlements: ['loops.procurement', 'loops.orders', 'loops.returns', 'loops.quality', 'demand_signals'] }),
  ],
  fallback: asPlan('free', { entitlements: [] }),
}

function asPlan(name: string, { match = [], entitlements, limits = {} }: WrittenPlan): Plan {
  return { name, match: [...new Set([name, ...match])], entitlements: [...new Set(entitlements)], limits }
}

const fields = ['match', 'entitlements', 'limits', 'isFallback']

function mistakesOf(name: string, plan: unknown): string[] {
  const where = `plans.${name}`
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) return [`plans: ${JSON.stringify(name)} is no name of a plan; use 1 to 64 letters, digits, "_", "." and "-".`]
  if (!isRecord(plan)) return [`${where}: write an object: { entitlements: [...] }.`]
  const { match, entitlements, limits, isFallback } = plan
  return [
    ...Object.keys(plan).filter((field) => !fields.includes(field)).map((field) => `${where}.${field} is not a field of a plan; there are ${fields.join(', ')}.`),
    ...(entitlements === undefined ? [`${where}.entitlements is missing; write [] for a plan that gives nothing.`] : isTextList(entitlements) ? [] : [`${where}.entitlements: write a list of names: ['loops.orders'].`]),
    ...(match === undefined || isTextList(match) ? [] : [`${where}.match: write a list of what Stripe names the plan by: ['price_…', 'prod_…', a lookup key].`]),
    ...(limits === undefined || (isRecord(limits) && Object.values(limits).every((limit) => typeof limit === 'number' && Number.isFinite(limit))) ? [] : [`${where}.limits: write numbers by name: { seats: 25 }.`]),
    ...(isFallback === undefined || typeof isFallback === 'boolean' ? [] : [`${where}.isFallback: write true or false.`]),
  ]
}

function repeatedMatches(plans: readonly Plan[]): string[] {
  return plans.flatMap((plan, i) => plan.match.flatMap((name) => plans.slice(i + 1)
    .filter((other) => other.match.includes(name))
    .map((other) => `plans: ${JSON.stringify(name)} means both ${plan.name} and ${other.name}; leave it at one of them.`)))
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
