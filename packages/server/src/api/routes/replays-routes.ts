import { z } from '@hono/zod-openapi'
import { isSubscription } from '../../event-types/event-type.js'
import { formatInstant } from '../../events/instant.js'
import { deliveryId, endpointId, parseDeliveryId, parseReplayId, replayId } from '../../ids/public-id.js'
import { countMatching } from '../../replays/count-matching.js'
import { Problem } from '../../problems/problem.js'
import { replayableStates, replayStates, type Replay, type ReplayFilter } from '../../replays/replay.js'
import { notFound } from '../../access/gate.js'
import { endpointIn, lastAttemptFields } from './deliveries-routes.js'
import { operation } from '../operation.js'
import { instantIn } from '../schemas/paging.js'
import type { OrganizationSummary } from '../../organizations/read-organizations.js'

const tag = 'Replays'
const path = '/v1/organizations/{org}/replays/{replay}'

const counted = {
  matched: z.number().int().openapi({ description: 'How many deliveries fitted when it began.' }),
  matchedIsAtLeast: z.boolean().openapi({ description: 'There were too many to count them all.' }),
}

const replay = z.object({
  id: z.string(),
  state: z.enum(replayStates),
  ...counted,
  replayed: z.number().int().openapi({ description: 'How many are due again so far.' }),
  filter: z.object({
    deliveryIds: z.array(z.string()).nullable(), endpointId: z.string().nullable(), state: z.enum(replayableStates).nullable(), eventTypes: z.array(z.string()).nullable(),
    status: z.string().nullable(), errorClass: z.string().nullable(), from: z.string().nullable(), to: z.string().nullable(),
  }),
  createdAt: z.string(),
  updatedAt: z.string(),
}).openapi('Replay')

const newReplay = z.strictObject({
  deliveryIds: z.array(z.string().max(64)).min(1).max(1_000).optional().openapi({ description: 'Only these, of those that have ended.' }),
  endpointId: z.string().max(64).optional(),
  state: z.enum(replayableStates).optional().openapi({ description: '`dead` unless told; with `deliveryIds`, any.' }),
  ...lastAttemptFields,
  eventTypes: z.array(z.string().max(128).refine(isSubscription, 'is neither an event type nor a prefix such as "order.*"')).min(1).max(100).optional(),
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Of events accepted at this instant or later.' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Of events accepted before this instant.' }),
  dryRun: z.boolean().default(false).openapi({ description: 'Only counts; nothing is stored or sent.' }),
}).openapi('NewReplay')

const startReplay = operation({
  method: 'post',
  path: '/v1/organizations/{org}/replays',
  summary: 'Sends every delivery that has ended and fits once more, as a job that goes on by itself.',
  tag,
  scope: 'webhooks:manage',
  body: newReplay,
  isBodyOptional: true,
  answers: { 200: z.object({ dryRun: z.literal(true), ...counted }), 201: replay },
  async handle({ organization, body, claim }, { engine }) {
    const { store } = engine
    const filter: ReplayFilter = { deliveries: deliveriesIn(body), endpointId: endpointIn(body), state: body.state ?? (body.deliveryIds === undefined ? 'dead' : undefined), status: body.status, errorClass: body.errorClass, eventTypes: body.eventTypes, from: instantIn(body.from), to: instantIn(body.to) }
    const bounds = await store.query('replayBounds', { organizationId: organization.id, filter })
    const count = await countMatching((after) => store.query('countMatchingStretch', { organizationId: organization.id, filter, bounds, after }))
    if (body.dryRun) return { status: 200, body: { dryRun: true, ...count } }

    const started = await store.command('startReplay', { organizationId: organization.id, filter, bounds, ...count, claim })
    engine.wake()
    return { status: 201, body: showReplay(started) }
  },
})

const getReplay = operation({
  method: 'get',
  path,
  summary: 'Tells how far a bulk replay has come.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: replay },
  async handle({ organization, params }, { engine }) {
    const found = await engine.store.query('readReplay', replayIn(organization, params.replay))
    if (found === undefined) throw notFound()
    return { status: 200, body: showReplay(found) }
  },
})

const cancelReplay = operation({
  method: 'post',
  path: `${path}/cancel`,
  summary: 'Stops a bulk replay where it is. What is due again already stays so.',
  tag,
  scope: 'webhooks:manage',
  answers: { 200: replay },
  async handle({ organization, params }, { engine }) {
    const cancelled = await engine.store.command('cancelReplay', replayIn(organization, params.replay))
    if (cancelled === undefined) throw notFound()
    return { status: 200, body: showReplay(cancelled) }
  },
})

export const replaysOperations = [startReplay, getReplay, cancelReplay]

function deliveriesIn({ deliveryIds }: { deliveryIds?: string[] | undefined }) {
  return deliveryIds?.map((id, index) => {
    const key = parseDeliveryId(id)
    if (key === undefined) throw new Problem('invalid_request', `"deliveryIds.${index}" is not the id of a delivery.`, { errors: [{ path: `deliveryIds.${index}`, code: 'invalid_id', message: 'is not the id of a delivery' }] })
    return key
  })
}

function replayIn(organization: OrganizationSummary, id: string) {
  const number = parseReplayId(id)
  if (number === undefined) throw notFound()
  return { organizationId: organization.id, id: number }
}

function showReplay({ id, state, matched, matchedIsAtLeast, replayed, filter, createdAt, updatedAt }: Replay): z.input<typeof replay> {
  return {
    id: replayId(id), state, matched, matchedIsAtLeast, replayed,
    filter: {
      deliveryIds: filter.deliveries?.map((key) => deliveryId(key.eventId, key.endpointId)) ?? null, endpointId: filter.endpointId === undefined ? null : endpointId(filter.endpointId),
      state: filter.state ?? null, eventTypes: filter.eventTypes === undefined ? null : [...filter.eventTypes], status: filter.status ?? null, errorClass: filter.errorClass ?? null,
      from: filter.from === undefined ? null : formatInstant(filter.from), to: filter.to === undefined ? null : formatInstant(filter.to),
    },
    createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt),
  }
}
