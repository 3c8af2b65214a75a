import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { deliveryId, parseDeliveryId } from '../../ids/public-id.js'
import { operation } from '../operation.js'
import { parseCursor } from '../schemas/paging.js'
import type { Engine } from '../../engine/engine.js'

const tag = 'Dead letters'

const group = z.object({
  organizationId: z.string(),
  endpoint: z.object({ id: z.string(), url: z.string(), description: z.string(), state: z.enum(['enabled', 'paused', 'disabled', 'deleted']) }),
  status: z.number().int().nullable().openapi({ description: 'What the endpoint answered to their last attempt.' }),
  errorClass: z.string().nullable(),
  count: z.number().int(),
  oldestAt: z.string().openapi({ description: 'When the first of them was given up.' }), newestAt: z.string(),
}).openapi('DeadLetterGroup')

const groups = z.object({
  data: z.array(group).openapi({ description: 'The largest first.' }),
  counted: z.number().int().openapi({ description: 'How many dead letters these groups are made of: at most 5,000, the newest.' }),
  next: z.string().nullable().openapi({ description: 'What to pass as "after" to group the next 5,000; null when these are all.' }),
}).openapi('DeadLetterGroups')

const query = z.strictObject({ after: z.string().max(64).optional().openapi({ description: 'The "next" of the answer before.' }) })

const groupDeadLetters = operation({
  method: 'get',
  path: '/v1/organizations/{org}/dead-letters',
  summary: "Groups an organization's dead letters by endpoint and cause, so that what was repaired can be replayed together.",
  tag,
  scope: 'webhooks:read',
  query,
  answers: { 200: groups },
  handle: async ({ organization, query }, { engine }) => ({ status: 200, body: await readGroups(engine, query.after, organization.id) }),
})

const groupAllDeadLetters = operation({
  method: 'get',
  path: '/v1/dead-letters',
  summary: 'Groups the dead letters of all organizations by endpoint and cause.',
  tag,
  scope: 'admin',
  query,
  answers: { 200: groups },
  handle: async ({ query }, { engine }) => ({ status: 200, body: await readGroups(engine, query.after) }),
})

export const deadLettersOperations = [groupDeadLetters, groupAllDeadLetters]

/** Some 50 ms of the thread that reads. */
const countedAtOnce = 5_000

async function readGroups({ store }: Engine, after: string | undefined, organizationId?: number): Promise<z.input<typeof groups>> {
  const found = await store.query('deadLetterGroups', { organizationId, after: parseCursor(after, parseDeliveryId) ?? null, limit: countedAtOnce })
  return {
    data: found.groups.map((dead) => ({ ...dead, oldestAt: formatInstant(dead.oldestAt), newestAt: formatInstant(dead.newestAt) })), counted: found.counted,
    next: found.end === null ? null : deliveryId(found.end.eventId, found.end.endpointId),
  }
}
