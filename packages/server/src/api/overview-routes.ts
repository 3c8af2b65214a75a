import { z } from '@hono/zod-openapi'
import { counterKinds } from '../counters/count.js'
import { formatInstant } from '../events/instant.js'
import { operation } from './operation.js'
import type { Overview } from '../counters/overview.js'

const tag = 'Overview'

const counts = Object.fromEntries(counterKinds.map((kind) => [kind, z.number().int()])) as Record<(typeof counterKinds)[number], z.ZodNumber>

const overviewSchema = z.object({
  from: z.string(),
  to: z.string(),
  stepMinutes: z.number().int().openapi({ description: 'How long a step is.' }),
  totals: z.object(counts),
  steps: z.array(z.object({ at: z.string(), ...counts })).openapi({ description: 'Steps in which nothing happened are left out.' }),
}).openapi('Overview')

const serverOverviewSchema = overviewSchema.extend({
  backlog: z.object({
    waiting: z.number().int().openapi({ description: 'Deliveries that have not ended.' }), waitingIsAtLeast: z.boolean(),
    oldestDueSeconds: z.number().openapi({ description: 'For how long the oldest due delivery has been waiting.' }),
  }),
}).openapi('ServerOverview')

const query = z.strictObject({ span: z.enum(['hour', 'day', 'week', 'month']).default('hour').openapi({ description: 'How far back.' }) })

const readServerOverview = operation({
  method: 'get',
  path: '/v1/overview',
  summary: 'Tells what became of deliveries over time, and what waits: of all organizations. It reads counters, so it costs little however much there is.',
  tag,
  scope: 'admin',
  query,
  answers: { 200: serverOverviewSchema },
  async handle({ query }, { engine, clock }) {
    const span = spanUntil(clock.now(), query.span)
    const [found, { dueAgeMs, waiting, waitingIsAtLeast }] = await Promise.all([engine.store.query('overview', span), engine.store.query('backlog', {})])
    return { status: 200, body: { ...show(found, span), backlog: { waiting, waitingIsAtLeast, oldestDueSeconds: Math.round(dueAgeMs / 1_000) } } }
  },
})

const readOverview = operation({
  method: 'get',
  path: '/v1/organizations/{org}/overview',
  summary: "Tells what became of an organization's deliveries over time.",
  tag,
  scope: 'webhooks:read',
  query,
  answers: { 200: overviewSchema },
  async handle({ organization, query }, { engine, clock }) {
    const span = spanUntil(clock.now(), query.span)
    return { status: 200, body: show(await engine.store.query('overview', { organizationId: organization.id, ...span }), span) }
  },
})

export const overviewOperations = [readServerOverview, readOverview]

function spanUntil(now: number, span: keyof typeof hours): { from: number; to: number } {
  return { from: now - hours[span] * 3_600_000, to: now }
}

const hours = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 }

function show({ totals, steps, stepMinutes }: Overview, { from, to }: { from: number; to: number }): z.input<typeof overviewSchema> {
  return { from: formatInstant(from), to: formatInstant(to), stepMinutes, totals, steps: steps.map((step) => ({ ...step, at: formatInstant(step.at) })) }
}
