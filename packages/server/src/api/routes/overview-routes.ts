import { z } from '@hono/zod-openapi'
import { counterKinds } from '../../counters/count.js'
import { formatInstant } from '../../events/instant.js'
import { verdicts } from '../../receipts/receipt.js'
import { operation } from '../operation.js'
import type { Engine } from '../../engine/engine.js'
import type { Latency } from '../../counters/latency.js'

const tag = 'Overview'

const counts = Object.fromEntries(counterKinds.map((kind) => [kind, z.number().int()])) as Record<(typeof counterKinds)[number], z.ZodNumber>
const verdictCounts = Object.fromEntries(verdicts.map((verdict) => [verdict, z.number().int()])) as Record<(typeof verdicts)[number], z.ZodNumber>

const latency = z.object({ count: z.number().int(), p50Ms: z.number().int(), p95Ms: z.number().int(), p99Ms: z.number().int() }).openapi('Latency', {
  description: 'From an event\'s acceptance to the 2xx of the endpoint, of deliveries whose first attempt succeeded; exact to 20 %.',
})

const failingEndpoint = z.object({
  id: z.string(), organizationId: z.string(), url: z.string(), description: z.string(),
  state: z.enum(['enabled', 'paused', 'disabled']), disabledReason: z.string().nullable(),
  failingSince: z.string().openapi({ description: 'It has not taken anything since.' }),
  status: z.number().int().nullable().openapi({ description: 'The answer that the failing began with.' }),
  errorClass: z.string().nullable().openapi({ description: 'The failure that it began with.' }),
  waiting: z.number().int().openapi({ description: 'Deliveries that wait for it.' }), waitingIsAtLeast: z.boolean(),
}).openapi('FailingEndpoint')

const overviewSchema = z.object({
  from: z.string(),
  to: z.string(),
  stepMinutes: z.number().int().openapi({ description: 'How long a step is.' }),
  totals: z.object(counts),
  latency: latency.nullable(),
  steps: z.array(z.object({ at: z.string(), ...counts, latency: latency.nullable() })).openapi({ description: 'Steps in which nothing happened are left out.' }),
  backlog: z.object({
    waiting: z.number().int().openapi({ description: 'Deliveries that have not ended.' }), waitingIsAtLeast: z.boolean(),
    oldestDueSeconds: z.number().openapi({ description: 'For how long the oldest due delivery has been waiting.' }),
  }),
  failing: z.object({ endpoints: z.array(failingEndpoint), more: z.boolean() }).openapi({ description: 'Endpoints that fail now, at most 50, the longest first.' }),
  inbound: z.array(z.object({ source: z.string(), provider: z.string(), ...verdictCounts })).openapi({ description: 'What came in, by source. Refused requests are all counted, also those that were not kept.' }),
}).openapi('Overview')

const serverOverviewSchema = overviewSchema.extend({
  outbox: z.object({
    oldestSeconds: z.number().openapi({ description: 'For how long the oldest event that was published in a transaction has been waiting to be taken over.' }),
    parked: z.number().int().openapi({ description: 'Events published in a transaction that no organization could take. The log and the table `posthorn.outbox_parked` say why.' }), parkedIsAtLeast: z.boolean(),
  }),
}).openapi('ServerOverview')

const query = z.strictObject({ span: z.enum(['hour', 'day', 'week', 'month']).default('hour').openapi({ description: 'How far back.' }) })

const readServerOverview = operation({
  method: 'get',
  path: '/v1/overview',
  summary: 'Tells whether webhooks flow: what became of deliveries over time, how fast they were, what waits, what fails and what came in. Of all organizations; it reads counters, so it costs little however much there is.',
  tag,
  scope: 'admin',
  query,
  answers: { 200: serverOverviewSchema },
  async handle({ query }, { engine, clock }) {
    const [all, { oldestMs, ...parked }] = await Promise.all([readAll(engine, { to: clock.now(), span: query.span }), engine.store.query('outboxState', {})])
    return { status: 200, body: { ...all, outbox: { oldestSeconds: Math.round(oldestMs / 1_000), ...parked } } }
  },
})

const readOverview = operation({
  method: 'get',
  path: '/v1/organizations/{org}/overview',
  summary: 'Tells whether webhooks flow in one organization: what became of deliveries over time, how fast they were, what waits, what fails and what came in.',
  tag,
  scope: 'webhooks:read',
  query,
  answers: { 200: overviewSchema },
  handle: async ({ organization, query }, { engine, clock }) => ({ status: 200, body: await readAll(engine, { organizationId: organization.id, to: clock.now(), span: query.span }) }),
})

export const overviewOperations = [readServerOverview, readOverview]

const hours = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 }
const shownFailing = 50

async function readAll({ store }: Engine, { organizationId, to, span }: { organizationId?: number; to: number; span: keyof typeof hours }): Promise<z.input<typeof overviewSchema>> {
  const from = to - hours[span] * 3_600_000
  const [{ totals, latency, steps, stepMinutes }, { dueAgeMs, waiting, waitingIsAtLeast }, { endpoints, more }, inbound] = await Promise.all([
    store.query('overview', { organizationId, from, to }), store.query('backlog', { organizationId }),
    store.query('failingEndpoints', { organizationId, limit: shownFailing }), store.query('inboundCounts', { organizationId, from, to }),
  ])
  return {
    from: formatInstant(from), to: formatInstant(to), stepMinutes, totals, latency: shown(latency),
    steps: steps.map((step) => ({ ...step, at: formatInstant(step.at), latency: shown(step.latency) })),
    backlog: { waiting, waitingIsAtLeast, oldestDueSeconds: Math.round(dueAgeMs / 1_000) },
    failing: { endpoints: endpoints.map((endpoint) => ({ ...endpoint, state: endpoint.state as 'enabled', failingSince: formatInstant(endpoint.failingSince) })), more },
    inbound,
  }
}

function shown(latency: Latency | undefined): Latency | null {
  return latency ?? null
}
