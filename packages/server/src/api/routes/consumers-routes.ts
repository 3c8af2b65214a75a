import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { eventId, parseEventId } from '../../ids/public-id.js'
import { notFound } from '../../access/gate.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import type { ConsumerDeadLetter } from '../../consumers/dead-letters.js'

const tag = 'Consumers'
const path = '/v1/organizations/{org}/consumers'

const consumer = z.object({
  name: z.string().openapi({ description: "One of Posthorn's own, or `app:` and the name of an application's handler.", example: 'orders' }),
  isBehind: z.boolean().openapi({ description: 'There are events that it has not read.' }),
  attempts: z.number().int().openapi({ description: 'Failed tries of the event that comes next.' }), nextTryAt: z.string().nullable(),
  deadLetters: z.number().int().openapi({ description: 'Events that it gave up; at most 1000 are counted.' }),
}).openapi('Consumer')

const deadLetter = z.object({
  id: z.string().openapi({ description: "Of the event, as Posthorn itself counts it." }), eventId: z.string(), eventType: z.string().nullable(),
  attempts: z.number().int(), reason: z.string(), parkedAt: z.string(), isDue: z.boolean().openapi({ description: 'It is about to be tried once more.' }),
}).openapi('ConsumerDeadLetter')

const listConsumers = operation({
  method: 'get',
  path,
  summary: "Lists what reads an organization's stream, and how far it is.",
  tag,
  scope: 'webhooks:read',
  answers: { 200: z.object({ data: z.array(consumer) }) },
  async handle({ organization }, { engine }) {
    const found = await engine.store.query('listConsumers', { organizationId: organization.id })
    return { status: 200, body: { data: found.map((each) => ({ ...each, nextTryAt: each.nextTryAt === null ? null : formatInstant(each.nextTryAt) })) } }
  },
})

const listDeadLetters = operation({
  method: 'get',
  path: `${path}/{consumer}/dead-letters`,
  summary: 'Lists the events that a consumer gave up, newest first, each with its reason.',
  tag,
  scope: 'webhooks:read',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(deadLetter) },
  async handle({ organization, params, query }, { engine }) {
    const before = parseCursor(query.after, parseEventId)
    const found = await engine.store.query('listConsumerDeadLetters', { organizationId: organization.id, consumer: params.consumer, before, limit: query.limit + 1 })
    return { status: 200, body: page(found, query.limit, show, (last) => eventId(last.eventId)) }
  },
})

const replayDeadLetter = operation({
  method: 'post',
  path: `${path}/{consumer}/dead-letters/{deadLetter}/replay`,
  summary: 'Lets a consumer try an event once more that it gave up.',
  tag,
  scope: 'webhooks:manage',
  answers: { 202: null },
  async handle({ organization, params }, { engine }) {
    const number = parseEventId(params.deadLetter)
    const isThere = number !== undefined && await engine.store.command('replayConsumerDeadLetter', { organizationId: organization.id, consumer: params.consumer, eventId: number })
    if (!isThere) throw notFound()
    engine.streamsMoved([organization.id])
    return { status: 202 }
  },
})

export const consumersOperations = [listConsumers, listDeadLetters, replayDeadLetter]

function show({ eventId: number, givenId, type, attempts, reason, parkedAt, isDue }: ConsumerDeadLetter): z.input<typeof deadLetter> {
  return { id: eventId(number), eventId: givenId ?? eventId(number), eventType: type, attempts, reason, parkedAt: formatInstant(parkedAt), isDue }
}
