import { z } from '@hono/zod-openapi'
import { isSubscription } from '../../event-types/event-type.js'
import { eventId, parseEventId, receiptId } from '../../ids/public-id.js'
import { formatInstant } from '../../events/instant.js'
import { originName, origins } from '../../events/event.js'
import { notFound } from '../../access/gate.js'
import { anyJson } from '../schemas/any-json.js'
import { operation, type Operation } from '../operation.js'
import { instantIn, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import type { Engine } from '../../engine/engine.js'
import type { EventSummary } from '../../events/read-events.js'

const event = z.object({
  id: z.string(), organizationId: z.string(), type: z.string(), occurredAt: z.string(), createdAt: z.string(), origin: z.enum(Object.keys(origins) as [keyof typeof origins]), test: z.boolean(),
  receiptId: z.string().nullable().openapi({ description: 'The inbound request that it came with.' }),
  erasedAt: z.string().nullable().openapi({ description: 'When its data was erased on demand; then it is `null`.' }),
}).openapi('Event')

const eventQuery = {
  ...pageQuery,
  id: z.string().max(64).optional().openapi({ description: 'The event of this id; of all organizations, every one that has it.' }),
  type: z.string().max(128).refine(isSubscription, 'is neither an event type nor a prefix such as "order.*"').optional().openapi({ description: 'A type, or a prefix such as `order.*`.' }),
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Accepted at this instant or later.' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Accepted before this instant.' }),
}

const listEvents = operation({
  method: 'get',
  path: '/v1/organizations/{org}/events',
  summary: "Lists an organization's events, newest first, without their data. A page may be short: there is more as long as \"next\" is not null.",
  tag: 'Events',
  scope: 'webhooks:read',
  query: z.strictObject(eventQuery),
  answers: { 200: pageSchema(event) },
  handle: async ({ organization, query }, { engine }) => ({ status: 200, body: await eventPage(engine, query, organization.id) }),
})

const listAllEvents = operation({
  method: 'get',
  path: '/v1/events',
  summary: 'Lists the events of all organizations, newest first, without their data. A page may be short: there is more as long as "next" is not null.',
  tag: 'Events',
  scope: 'admin',
  query: z.strictObject(eventQuery),
  answers: { 200: pageSchema(event) },
  handle: async ({ query }, { engine }) => ({ status: 200, body: await eventPage(engine, query) }),
})

async function eventPage(engine: Engine, { after, limit, from, to, ...filter }: z.output<z.ZodObject<typeof eventQuery>>, organizationId?: number) {
  const { events, next } = await engine.store.query('listEvents', { ...filter, organizationId, before: parseCursor(after, parseEventId), limit, from: instantIn(from), to: instantIn(to) })
  return { data: events.map(showEvent), next: next === null ? null : eventId(next) }
}

const getEvent = operation({
  method: 'get',
  path: '/v1/organizations/{org}/events/{event}',
  summary: 'Tells one event with its data, as the publisher wrote it.',
  tag: 'Events',
  scope: 'webhooks:read',
  answers: { 200: event.extend({ data: anyJson }) },
  async handle({ organization, params }, { engine }) {
    const found = await engine.store.query('findEvent', { organizationId: organization.id, publicId: params.event })
    if (found === undefined) throw notFound()
    const head = JSON.stringify(showEvent(found))
    return { status: 200, text: `${head.slice(0, -1)},"data":${found.data}}` }
  },
})

const eraseEvent = operation({
  method: 'post',
  path: '/v1/organizations/{org}/events/{event}/erase',
  summary: 'Erases what an event tells: its data, headers and answers of its attempts, the inbound request that it came with. What waited to be sent is discarded. Its type, its times and where it went stay in the log.',
  tag: 'Events',
  scope: 'webhooks:manage',
  answers: { 200: event },
  async handle({ organization, params }, { engine }) {
    const erased = await engine.store.command('eraseEvent', { organizationId: organization.id, publicId: params.event })
    if (erased === undefined) throw notFound()
    engine.wake()
    return { status: 200, body: showEvent(erased) }
  },
})

export const eventsOperations: Operation[] = [listEvents, getEvent, eraseEvent, listAllEvents]

function showEvent(found: EventSummary) {
  return {
    id: found.givenId ?? eventId(found.id), organizationId: found.organization, type: found.type, occurredAt: formatInstant(found.occurredAt), createdAt: formatInstant(found.createdAt),
    origin: originName(found.origin), test: found.origin === origins.test, receiptId: found.receiptId === null ? null : receiptId(found.receiptId),
    erasedAt: found.erasedAt === null ? null : formatInstant(found.erasedAt),
  }
}
